/** A gateway that several tests of a user share, under Deno's leak sanitizers. */
import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

const SHARED_TEST = `
  import { Group } from "@x/execnet";
  const double = (n: number) => n * 2;
  let group: Group;
  Deno.test.beforeAll(async () => {
    group = await Group.open(["popen//id=shared"]);
  });
  Deno.test.afterAll(() => group.terminate());
  Deno.test("call", async () => {
    if (await group.get("shared")!.call(double, 2) !== 4) throw new Error("wrong");
  });
  Deno.test("channel", async () => {
    const channel = group.get("shared")!.remoteExec(async (channel) => {
      for await (const n of channel) await channel.send(n);
    });
    for (let n = 0; n < 100; n++) await channel.send(n);
    channel.closeSend();
    await Array.fromAsync(channel);
    await channel.receive({ timeout: 1 }).catch(() => {});
  });
  Deno.test("map", async () => {
    await Array.fromAsync(group.map([1, 2, 3], double));
  });
  Deno.test("failure", async () => {
    await group.get("shared")!.call(() => { throw new Error("no"); }).catch(() => {});
  });
  Deno.test("an isolated execution of a gateway of its own", async () => {
    await using own = await group.makeGateway("popen");
    await own.callWith({ isolate: true }, double, 2);
  });
  Deno.test({
    name: "an isolated execution of the shared one",
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => void await group.get("shared")!.callWith({ isolate: true }, double, 2),
  });
`;

const PROGRAM = `
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--import-map=map.json", "shared_test.ts"],
    env: { DENO_TEST_SANITIZE_OPS: "1", DENO_TEST_SANITIZE_RESOURCES: "1", NO_COLOR: "1" },
  }).output();
  console.log(code, new TextDecoder().decode(stdout));
`;

Deno.test("tests that share a gateway pass the leak sanitizers, if none starts or ends it", async () => {
  const { stdout } = await runCase(PROGRAM, { files: { "shared_test.ts": SHARED_TEST } });
  assertEquals(stdout.slice(0, 2), "0 ", stdout);
  assertEquals(/\| 6 passed \| 0 failed/.test(stdout), true, stdout);
});
