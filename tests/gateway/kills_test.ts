import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, GatewayClosedError, Group } from "../../mod.ts";
import { Lines } from "../support/lines.ts";
import { isGone, whenGone } from "../support/processes.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

function start(): Promise<Gateway> {
  return new Group().makeGateway({ popen: true, id: "victim", output: "null" });
}

test("SIGKILL of the process rejects every wait with GatewayClosedError", async () => {
  const lines = new Lines();
  const gw = await new Group().makeGateway({ popen: true, id: "victim", output: lines.take });
  const channel = gw.remoteExec(
    `console.error("the last words"); await channel.send(1); await new Promise(() => {});`,
    undefined,
    { name: "long.ts" },
  );
  assertEquals(await channel.receive(), 1);
  await lines.has("stderr: the last words");
  const full = gw.remoteExec(`await new Promise(() => {});`, undefined, { name: "full.ts" });
  await full.send(new Uint8Array(1_000_000));
  const waiting = [
    channel.receive(),
    channel.waitClose(),
    full.send(new Uint8Array(1_000_000)),
    gw.newChannel().receive(),
    gw.call(() => new Promise(() => {})),
    Array.fromAsync(gw.newChannel()),
  ];
  const results = Promise.allSettled(waiting);
  await gw.remoteStatus();
  Deno.kill(gw.remote.pid, "SIGKILL");
  for (const result of await results) {
    assert(result.status === "rejected");
    assert(result.reason instanceof GatewayClosedError);
    for (const pattern of [/victim/, /SIGKILL/, /long\.ts/, /full\.ts/, /the last words/]) {
      assertMatch(result.reason.message, pattern);
    }
    const { code, signal, stderrTail, executing } = result.reason;
    assertEquals([code, signal, stderrTail], [null, "SIGKILL", ["the last words"]]);
    assert(executing.includes("long.ts") && executing.includes("full.ts"));
  }
  await assertRejects(() => gw.remoteStatus(), GatewayClosedError, "SIGKILL");
  await assertRejects(() => channel.send(1), GatewayClosedError, "SIGKILL");
  await assertRejects(() => channel.receive(), GatewayClosedError, "SIGKILL");
  assertThrows(() => gw.remoteExec(`1`), GatewayClosedError, "SIGKILL");
  const { reason, code, signal, stderrTail } = await gw.closed;
  assertEquals([reason, code, signal], ["killed", null, "SIGKILL"]);
  assertEquals(stderrTail, ["the last words"]);
  assertEquals(gw.group.size, 0);
});

test("a pending remoteStatus() rejects when the process is killed", async () => {
  const gw = await start();
  const busy = gw.remoteExec(`await channel.send(1); await channel.receive(); while (true);`);
  await busy.receive();
  await busy.send(1);
  const status = gw.remoteStatus();
  Deno.kill(gw.remote.pid, "SIGKILL");
  await assertRejects(() => status, GatewayClosedError, "SIGKILL");
});

test("the end marker of a callback comes when the process is killed", async () => {
  const gw = await start();
  const channel = gw.remoteExec(`await channel.send(1); await new Promise(() => {});`);
  const seen: unknown[] = [];
  const begun = Promise.withResolvers<void>();
  channel.setCallback((item) => {
    seen.push(item);
    begun.resolve();
  }, { endMarker: "end" });
  await begun.promise;
  Deno.kill(gw.remote.pid, "SIGTERM");
  await assertRejects(() => channel.waitClose(), GatewayClosedError, "SIGTERM");
  assertEquals(seen, [1, "end"]);
  assertEquals((await gw.closed).signal, "SIGTERM");
});

test("items sent before the process was killed are received, then the error", async () => {
  const gw = await start();
  const done = gw.newChannel();
  const channel = gw.remoteExec(
    `for (let i = 0; i < 100; i++) await channel.send(i);
     await args.send("done");
     await new Promise(() => {});`,
    done,
  );
  await done.receive();
  Deno.kill(gw.remote.pid, "SIGKILL");
  await gw.closed;
  for (let i = 0; i < 100; i++) assertEquals(await channel.receive(), i);
  await assertRejects(() => channel.receive(), GatewayClosedError);
});

test("Deno.exit(3) by user code is reported with its code", async () => {
  const gw = await start();
  const channel = gw.remoteExec(`console.error("giving up"); Deno.exit(3);`, undefined, {
    name: "quitter.ts",
  });
  const error = await assertRejects(() => channel.receive(), GatewayClosedError, "code 3");
  for (const pattern of [/victim/, /quitter\.ts/, /giving up/]) assertMatch(error.message, pattern);
  const { reason, code, signal } = await gw.closed;
  assertEquals([reason, code, signal], ["exit", 3, null]);
  assertEquals(await gw.terminate(), await gw.closed);
});

test("the stderr tail is bounded", async () => {
  const gw = await start();
  gw.remoteExec(`
    for (let i = 0; i < 1000; i++) console.error("line", i, "x".repeat(10_000));
    Deno.exit(1);
  `);
  const { stderrTail } = await gw.closed;
  assertEquals(stderrTail.length, 20);
  assertMatch(stderrTail[19], /^line 999 /);
  assert(stderrTail.every((line) => line.length <= 1_000));
});

test("a gateway that runs out of memory rejects every wait", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\nshift\nexec "${Deno.execPath()}" run --v8-flags=--max-old-space-size=30 "$@"\n`,
    0o755,
  );
  const gw = await new Group().makeGateway({ popen: true, id: "victim", deno, output: "null" });
  const channel = gw.remoteExec(`
    const lists = [];
    while (true) lists.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
  `);
  await assertRejects(() => channel.receive(), GatewayClosedError, "victim");
  assertEquals((await gw.closed).reason, "killed");
});

test("terminate() ends a busy loop by SIGTERM, within its bound", async () => {
  const gw = await start();
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  const begun = performance.now();
  const { reason, signal } = await gw.terminate({ timeout: 100 });
  assertEquals([reason, signal], ["killed", "SIGTERM"]);
  assert(performance.now() - begun < 3_000);
  await whenGone(gw.remote.pid, 0);
});

test("terminate() ends a process that ignores SIGTERM by SIGKILL, within its bound", async () => {
  const gw = await start();
  const channel = gw.remoteExec(`
    Deno.addSignalListener("SIGTERM", () => {});
    await channel.send(1);
    while (true);
  `);
  await channel.receive();
  const begun = performance.now();
  const { reason, signal } = await gw.terminate({ timeout: 100 });
  assertEquals([reason, signal], ["killed", "SIGKILL"]);
  assert(performance.now() - begun < 5_000);
  await whenGone(gw.remote.pid, 0);
});

test("terminate() lets an execution that heeds its signal end by itself", async () => {
  const gw = await start();
  const channel = gw.remoteExec(`
    await channel.send(1);
    await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
    console.error("cleaned up");
  `);
  await channel.receive();
  const { reason, code, stderrTail } = await gw.terminate();
  assertEquals([reason, code, stderrTail], ["exit", 0, ["cleaned up"]]);
});

test("after `await using` no process of the gateway is left", async () => {
  let pid: number;
  {
    await using gw = await start();
    pid = gw.remote.pid;
    gw.remoteExec(`await new Promise(() => {});`);
    assertEquals(await isGone(pid), false);
  }
  assertEquals(await isGone(pid), true);
});

test("a grandchild that holds the pipes open does not delay the end", async () => {
  const gw = await new Group().makeGateway({
    popen: true,
    output: "null",
    permissions: { run: true },
  });
  const pid = await gw.call(() =>
    new Deno.Command("sleep", { args: ["1000"], stdout: "inherit", stderr: "inherit" }).spawn().pid
  );
  try {
    const start = performance.now();
    await gw.terminate();
    assert(performance.now() - start < 4_000);
  } finally {
    Deno.kill(pid, "SIGKILL");
    await whenGone(pid);
  }
});
