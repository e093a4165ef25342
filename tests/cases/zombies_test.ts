import { assertEquals } from "@std/assert";
import { testWith } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

// As the first process of a container without an init: what others leave behind becomes its child.
const PROGRAM = `
import { makeGateway } from "@x/execnet";
if (Deno.args[0] !== "inner") {
  const again = [Deno.execPath(), "run", "-A", "--import-map=map.json", "case.ts", "inner"];
  const args = ["--pid", "--fork", "--mount-proc", ...again];
  const { code } = await new Deno.Command("unshare", { args, stdout: "inherit", stderr: "inherit" }).output();
  Deno.exit(code);
}
for (
  const spec of ["popen", "popen//allow-run//execmodel=process", "popen//allow-run=sh", "command=env//allow-run"]
) {
  {
    await using gw = await makeGateway(spec);
    await gw.call(() => 1);
  }
  const zombies = Array.from(Deno.readDirSync("/proc"), ({ name }) => name)
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => Deno.readTextFileSync("/proc/" + pid + "/stat"))
    .filter((stat) => / Z /.test(stat));
  console.log(Deno.pid, spec, zombies.map((stat) => stat.slice(0, 30)).join(), zombies.length);
}
`;

testWith(
  ["linux", "root", "unshare"],
  "gateways leave no zombies to an initiator that is pid 1",
  async () => {
    const { stdout, stderr } = await runCase(PROGRAM, undefined, 60_000);
    const left = stdout.trim().split("\n");
    assertEquals(left.length, 4, stderr);
    assertEquals(left.filter((line) => !/^1 .* 0$/.test(line)), []);
  },
);
