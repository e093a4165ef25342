import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  DenoNotFoundError,
  GatewayClosedError,
  Group,
  LaunchError,
  RemoteError,
  SpecError,
} from "../../mod.ts";
import { coreOf } from "../../gateway/gateway.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { Lines } from "../support/lines.ts";
import { runScript, whenGone } from "../support/processes.ts";

const MIDDLE = "popen//id=middle//allow-run=/bin/sh";
const FAR = "popen//id=far//via=middle";

test("a gateway is started by another, which needs permission to run the shell alone", async () => {
  await using group = await Group.open([MIDDLE, FAR]);
  const [middle, far] = [...group];
  assertEquals(await far.call((n: number) => n + 1, 41), 42);
  assertEquals(new Set([Deno.pid, middle.remote.pid, far.remote.pid]).size, 3);
  await assertRejects(() => far.call(() => Deno.readTextFile("/etc/hosts")), RemoteError);
});

test("gateways nest to any depth, and end with the gateways that they run through", async () => {
  const specs = Array.from(
    { length: 4 },
    (_, i) => `popen//id=g${i}//allow-run=/bin/sh${i === 0 ? "" : `//via=g${i - 1}`}`,
  );
  const group = await Group.open(specs.toReversed());
  const pids = Array.from(group, (gw) => gw.remote.pid);
  const [deepest] = group;
  assertEquals(deepest.id, "g3");
  assertEquals(await deepest.call((text: string) => text.length, "x".repeat(300_000)), 300_000);
  await group.terminate();
  for (const pid of pids) await whenGone(pid, 0);
});

test("the output of a gateway behind another is tagged with its own id", async () => {
  const lines = new Lines();
  await using group = await Group.open([MIDDLE, {
    popen: true,
    id: "far",
    via: "middle",
    output: lines.take,
  }]);
  await group.get("far")?.remoteExec(`console.log("out"); console.error("err");`).waitClose();
  await lines.has("stderr: out");
  await lines.has("stderr: err");
});

test("a killed middle gateway ends those behind it, and their errors say why", async () => {
  await using group = await Group.open([MIDDLE, FAR]);
  const [middle, far] = [...group];
  const waiting = far.remoteExec(`await new Promise(() => {})`, undefined, { name: "job" });
  const { pid } = far.remote;
  Deno.kill(middle.remote.pid, "SIGKILL");
  const error = await assertRejects(() => waiting.receive(), GatewayClosedError);
  assertMatch(error.message, /gateway far cannot be reached any more/);
  assertMatch(error.message, /gateway middle was ended by SIGKILL, while it ran gateway far/);
  assertEquals((await far.closed).reason, "lost");
  await whenGone(pid);
});

test("a killed far gateway is reported with its signal, and the middle one goes on", async () => {
  await using group = await Group.open([MIDDLE, FAR]);
  const [middle, far] = [...group];
  const waiting = assertRejects(() => far.call(() => new Promise(() => {})), GatewayClosedError);
  Deno.kill(far.remote.pid, "SIGKILL");
  await waiting;
  assertEquals((await far.closed).signal, "SIGKILL");
  assertEquals(await middle.call(() => 1), 1);
});

test("a relay that is closed right after its request starts no process", async () => {
  await using group = await Group.open([MIDDLE]);
  const [gateway] = [...group];
  const middle = coreOf(gateway).asRelay("via");
  const command = ["/bin/sh", "-c", "sleep 600"] as const;
  const side = middle.newChannel();
  middle.relay({ command, guarded: command, env: {}, side }, "late").close();
  assertEquals(await inTime("the end of the relay", Array.fromAsync(side)), []); // no report of an end
});

test("errors keep their type across hops", async () => {
  await using group = await Group.open([{
    popen: true,
    id: "middle",
    output: "null",
    permissions: {
      run: ["/bin/sh"],
    },
  }]);
  const start = (spec: string) => () => group.makeGateway(`popen//via=middle//${spec}`);
  await assertRejects(start("deno=/nowhere/deno"), DenoNotFoundError, "/nowhere/deno");
  await assertRejects(start("chdir=/nowhere"), LaunchError, `"/nowhere" cannot be entered`);
  const far = await group.makeGateway("popen//id=far//via=middle");
  await assertRejects(() => group.makeGateway("popen//via=far"), LaunchError, "allow-run=/bin/sh");
  await assertRejects(() => group.makeGateway("popen//via=nobody"), SpecError, `"nobody"`);
  assertEquals(await far.call(() => 1), 1);
});

test("isolated executions of a gateway behind another run there, too", async () => {
  await using group = await Group.open([MIDDLE, FAR]);
  const far = group.get("far");
  const spinning = far?.remoteExec(`await channel.send(Deno.pid); for (;;);`, undefined, {
    isolate: true,
  });
  const pid = await spinning?.receive() as number;
  spinning?.close();
  await spinning?.waitClose();
  await whenGone(pid);
});

test("a script that does not close gateways behind gateways ends by itself", async () => {
  const { code, stderr } = await runScript(
    `const group = await execnet.Group.open(["${MIDDLE}", "${FAR}"]);
     await group.get("far").call(() => 1);`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals([code, stderr], [0, ""]);
});

test("a script ends by itself after one of its gateways behind another has ended", async () => {
  const { code, stderr } = await runScript(
    `const group = await execnet.Group.open(["${MIDDLE}", "${FAR}"]);
     await group.get("far").terminate();`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals([code, stderr], [0, ""]);
});
