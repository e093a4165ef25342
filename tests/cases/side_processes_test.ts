/** Programs that flood, hang or ignore SIGTERM, where only a short question was asked of them. */

import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";
import { startCase } from "./run_case.ts";

const FLOOD = `
import { makeGateway } from "@x/execnet";
const program = (name, text) => {
  const path = Deno.cwd() + "/" + name;
  // On this machine, the protocol is on descriptor 4.
  Deno.writeTextFileSync(path, "#!/bin/sh\\n[ ! -e /proc/self/fd/4 ] || exec 1>&4\\n" + text + "\\n", { mode: 0o755 });
  return path;
};
const endless = program("endless", "exec cat /dev/zero");
const deaf = program("deaf", "trap '' TERM; while head -c 1000000 /dev/zero; do sleep 0.01; done");
const specs = [
  { popen: true, deno: endless },
  { popen: true, deno: deaf },
  { command: "'" + endless + "'" },
  { command: "'" + deaf + "'", deno: "push", connectTimeout: 2000 },
];
const before = Deno.memoryUsage().rss;
let peak = 0;
const timer = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss - before), 20);
for (const spec of specs) {
  console.log(await makeGateway({ ...spec, output: "null" }).catch(({ name, message }) =>
    name + ": " + /more than 65536 bytes|took longer than 2000 ms/.exec(message)));
}
clearInterval(timer);
console.log("MiB " + Math.round(peak / 2 ** 20));
`;

testWith(["linux"], "programs that flood whoever asks for their version are bounded", async () => {
  await using script = await startCase(FLOOD);
  const { code, stdout, stderr } = await script.result(50_000);
  const lines = stdout.trim().split("\n");
  const mib = lines.pop()?.slice("MiB ".length);
  const flood = "LaunchError: more than 65536 bytes";
  const push = "LaunchError: took longer than 2000 ms";
  assertEquals([code, ...lines], [0, flood, flood, flood, push], stderr);
  // Some of it is this package; gigabytes without bounds.
  assertEquals(Number(mib) < 200, true, `${mib} MiB`);
});

// The carrier works once. What is to end the far side by it hangs, and the shell waits for that.
const HANG = `
import { makeGateway } from "@x/execnet";
const once = Deno.cwd() + "/once", pid = Deno.cwd() + "/pid", command = Deno.cwd() + "/carrier";
Deno.writeTextFileSync(command, \`#!/bin/sh
if mkdir '\${once}' 2>/dev/null; then exec "$@"; fi
echo $$ >'\${pid}'
sleep 1000
\`, { mode: 0o755 });
const gw = await makeGateway({ command: "'" + command + "'", deno: Deno.execPath() });
await gw.remoteExec("await channel.send(1); for (;;);").receive();
await gw.terminate({ timeout: 200 });
const ps = (pid) => new Deno.Command("ps", { args: ["-o", "stat=", "-p", pid] }).outputSync().stdout;
const isLeft = (pid) => /^[^Z]/.test(new TextDecoder().decode(ps(pid)).trim());
console.log(isLeft(String(gw.remote.pid)), isLeft(Deno.readTextFileSync(pid).trim()));
`;

test("terminate() leaves no helper that hangs, and the script ends by itself", async () => {
  await using script = await startCase(HANG);
  const { code, stdout, stderr } = await script.result();
  assertEquals(code, 0, stderr);
  assertMatch(stdout, /^false false$/m);
});
