import { assertEquals } from "@std/assert";
import { startCase } from "./run_case.ts";
import { testWith } from "../support/needs.ts";

// The program starts itself once more, with two descriptors that a build tool would hand on.
const PROGRAM = `
import { makeGateway } from "@x/execnet";
const again = [Deno.execPath(), "run", "-A", "--import-map=map.json", "case.ts", ...Deno.args, "inner"];
if (!Deno.args.includes("inner")) {
  const args = ["-c", 'exec "$@" 7</dev/null 9>/dev/null', "sh", ...again];
  Deno.exit((await new Deno.Command("sh", { args }).output().then((result) => {
    Deno.stdout.writeSync(result.stdout);
    return result;
  })).code);
}
await using gw = await makeGateway(Deno.args[0]);
const run = async (script) => {
  const { code, stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return [code, new TextDecoder().decode(stdout).trim()];
};
console.log(JSON.stringify([
  await gw.call(run, "ls /proc/$$/fd; true"),
  (await gw.call(run, "echo x >&4"))[0] !== 0,
  (await gw.call(run, "read X <&3"))[0] !== 0,
  await gw.call(() => "still there"),
]));
`;

for (
  const spec of [
    "popen//allow-run",
    "popen//allow-all",
    "popen//allow-run=sh//allow-ffi=/no/library.so",
    // Behind these, the protocol's descriptors are sockets from the start.
    "popen//allow-run//deny-read=/dev/fd",
    "command=env//allow-run",
  ]
) {
  testWith(["linux"], `programs that remote code starts inherit only stdio (${spec})`, async () => {
    await using script = await startCase(PROGRAM, { args: [spec] });
    const { stdout, stderr } = await script.result();
    assertEquals(
      stdout.trim(),
      JSON.stringify([[0, "0\n1\n2"], true, true, "still there"]),
      stderr,
    );
  });
}
