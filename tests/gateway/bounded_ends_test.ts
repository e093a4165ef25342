import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { GatewayClosedError, Group } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { Script, whenGone } from "../support/processes.ts";

const TIMEOUT_MS = 200;
/**
 * SIGTERM after 1 s, SIGKILL after 2 s, the last bytes within 0.5 s; the rest is for a loaded
 * machine.
 */
const GRACE_MS = 6_000;

/** Each sends its pid, or that of a process that it has started, and does not end by itself. */
const STUBBORN: [string, string][] = [
  ["is in a busy loop", `await channel.send(Deno.pid); for (;;);`],
  [
    "ignores SIGTERM",
    `Deno.addSignalListener("SIGTERM", () => {}); await channel.send(Deno.pid);
     for (const end = Date.now() + 1e9; Date.now() < end;) await new Promise((r) => setTimeout(r));`,
  ],
  [
    "has left a process behind that holds its pipes",
    `const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
     child.unref();
     await channel.send(child.pid);`,
  ],
  ["is stopped", `await channel.send(Deno.pid); Deno.kill(Deno.pid, "SIGSTOP");`],
];

for (const [what, source] of STUBBORN) {
  test(`terminate() ends a gateway that ${what}, within its bound`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway("popen//allow-run");
    const pid = await gw.remoteExec(source).receive() as number;
    const start = performance.now();
    await gw.terminate({ timeout: TIMEOUT_MS });
    assert(performance.now() - start < TIMEOUT_MS + GRACE_MS);
    await whenGone(gw.remote.pid, 0);
    await whenGone(pid);
  });
}

test("Group.terminate() has one bound for gateways and for those that they run through", async () => {
  await using group = await Group.open(["popen//id=a//allow-run", "popen//id=b//via=a"]);
  const timeout = 4_000;
  for (const gateway of [...group].reverse()) {
    await gateway.remoteExec(`await channel.send("busy"); for (;;);`).receive();
  }
  const start = performance.now();
  await group.terminate({ timeout });
  // With a separate bound for each, it would take 4 s more.
  assert(performance.now() - start < timeout + GRACE_MS);
});

test("processes that a gateway has started end with it, even if it exits by itself", async () => {
  await using group = new Group();
  const gw = await group.makeGateway("popen//allow-run");
  const channel = gw.remoteExec(
    `const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
     await channel.send(child.pid);
     await channel.receive();
     Deno.exit(3);`,
  );
  const pid = await channel.receive() as number;
  await channel.send("end");
  assertEquals((await gw.closed).code, 3);
  await whenGone(pid);
});

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
  test(`an initiator that ends by ${signal} leaves no process of its gateways behind`, async () => {
    await using script = await Script.start(
      `const group = await execnet.Group.open(["popen//id=a//allow-run", "popen//id=b//via=a"]);
       const spawn = \`const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
         await channel.send([Deno.pid, child.pid]); await child.status;\`;
       const a = group.get("a");
       const pids = [
         a.remote.pid,
         group.get("b").remote.pid,
         ...await a.remoteExec(spawn).receive(),
         ...await a.remoteExec(spawn, undefined, { isolate: true }).receive(),
       ];
       console.log("pids", pids.join(" "));
       await new Promise(() => setInterval(() => {}, 1000));`,
      ["-A"],
    );
    const [, pids] = await script.printed(/pids ([\d ]+)\n/);
    script.kill(signal);
    for (const pid of pids.split(" ")) await whenGone(Number(pid));
  });
}

test("a gateway with a heartbeat that becomes silent is ended, and its error says why", async () => {
  await using group = new Group();
  const gw = await group.makeGateway("popen//heartbeat=1");
  const silent = gw.remoteExec(`await channel.receive()`, undefined, { name: "waiting" });
  assertEquals(await gw.call(() => 1), 1);
  Deno.kill(gw.remote.pid, "SIGSTOP");
  const error = await assertRejects(() => silent.receive(), GatewayClosedError);
  assertMatch(error.message, /nothing was received from it for 1 s \(heartbeat=1\).*waiting/);
  await whenGone(gw.remote.pid);
});

test("terminate() with an endless timeout only asks", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const channel = gw.remoteExec(
    `await channel.send("begun");
     await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
     await new Promise((resolve) => setTimeout(resolve, 300));`,
  );
  await channel.receive();
  assertEquals((await gw.terminate({ timeout: Infinity })).reason, "exit");
});
