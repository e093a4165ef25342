import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { assert } from "../support/assert.ts";
import {
  type Gateway,
  GatewayClosedError,
  Group,
  RemoteError,
  SerializationError,
  SpecError,
} from "../../mod.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { Lines } from "../support/lines.ts";
import { whenGone } from "../support/processes.ts";

const ISOLATE = { isolate: true } as const;
const SPIN = `await channel.send(Deno.pid); for (;;);`;

async function pidOf(channel: { receive(): Promise<unknown> }): Promise<number> {
  return await channel.receive() as number;
}

test("an isolated execution has its own process, which ends with it", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const channel = gw.remoteExec(
    `await channel.send(Deno.pid); await channel.send(channel.gateway.id); await channel.receive();`,
    undefined,
    { ...ISOLATE, name: "own" },
  );
  const pid = await pidOf(channel);
  assert(pid !== gw.remote.pid);
  assertEquals(await channel.receive(), gw.id);
  assertStrictEquals(channel.gateway, gw);
  assertEquals(await gw.remoteStatus(), { channels: 1, executing: ["own"], execModel: "main" });
  await channel.send("end");
  await channel.waitClose();
  await whenGone(pid);
  assertEquals(await gw.remoteStatus(), { channels: 0, executing: [], execModel: "main" });
});

test("an isolated busy loop blocks neither the status nor others, and ends when it is cancelled", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const spinning = gw.remoteExec(SPIN, undefined, { ...ISOLATE, name: "spin" });
  const pid = await pidOf(spinning);
  assertEquals((await gw.remoteStatus()).executing, ["spin"]);
  assertEquals(await gw.call(() => 1), 1);
  const other = gw.remoteExec(`await channel.send(2)`, undefined, ISOLATE);
  assertEquals(await other.receive(), 2);
  await other.waitClose();
  spinning.close();
  assertEquals((await gw.remoteStatus()).executing, ["spin"]); // it has a second
  await spinning.waitClose();
  await whenGone(pid);
  assertEquals((await gw.remoteStatus()).executing, []);
});

test("a signal ends an isolated busy loop, and waits on it reject", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const controller = new AbortController();
  const options = { ...ISOLATE, signal: controller.signal };
  const spinning = gw.remoteExec(SPIN, undefined, options);
  const pid = await pidOf(spinning);
  const waiting = assertRejects(() => spinning.receive(), Error, "its remoteExec was aborted");
  controller.abort();
  await waiting;
  await spinning.waitClose();
  await whenGone(pid);
});

test("an isolated execution fails when its gateway is killed, even if it heeds its signal", async () => {
  const gw = await new Group().makeGateway("popen//id=victim");
  const pid = gw.remote.pid;
  const minds = gw.remoteExec(
    `await channel.send(1); await new Promise((resolve) => channel.signal.onabort = resolve);`,
    undefined,
    ISOLATE,
  );
  const waits = gw.remoteExec(
    `await channel.send(1); await channel.receive();`,
    undefined,
    ISOLATE,
  );
  const yields = gw.remoteExec(
    async function* (channel) {
      yield 1;
      await channel.receive();
    },
    undefined,
    ISOLATE,
  );
  const channels = [minds, waits, yields];
  for (const channel of channels) await channel.receive();
  const ends = Promise.allSettled(
    channels.flatMap((channel) => [Array.fromAsync<unknown>(channel), channel.waitClose()]),
  );
  Deno.kill(pid, "SIGKILL");
  for (const end of await ends) {
    assert(end.status === "rejected");
    assert(end.reason instanceof GatewayClosedError);
    assertMatch(end.reason.message, /its gateway is gone: gateway victim was ended by SIGKILL/);
  }
  await gw.closed;
});

test("terminate() ends isolated executions with the gateway, busy or not", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const pids = await Promise.all([SPIN, `await channel.send(Deno.pid); await channel.receive();`]
    .map((source) => pidOf(gw.remoteExec(source, undefined, ISOLATE))));
  await gw.terminate({ timeout: 100 });
  for (const pid of pids) await whenGone(pid, 0);
  assertThrows(() => gw.remoteExec(SPIN, undefined, ISOLATE), GatewayClosedError);
});

const ENDS: [string, string, RegExp][] = [
  ["Deno.exit(3)", `Deno.exit(3)`, /execution bad of gateway gw0 ended with code 3/],
  ["a signal", `Deno.kill(Deno.pid, "SIGKILL"); for (;;);`, /bad of gateway gw0 .*SIGKILL/],
];

for (const [what, source, message] of ENDS) {
  test(`${what} in an isolated execution ends only that, and its error says so`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway("popen//allow-run");
    const other = gw.remoteExec(`await channel.send(await channel.receive())`, undefined, ISOLATE);
    const bad = gw.remoteExec(source, undefined, { ...ISOLATE, name: "bad" });
    const error = await assertRejects(() => bad.receive(), GatewayClosedError);
    assertMatch(error.message, message);
    await assertRejects(() => bad.waitClose(), GatewayClosedError);
    await other.send(1);
    assertEquals(await other.receive(), 1);
    assertEquals(await gw.call(() => 2), 2);
  });
}

test("an isolated execution that runs out of memory says so", async () => {
  await using group = new Group();
  const env = { DENO_V8_FLAGS: "--max-old-space-size=60" };
  const gw = await group.makeGateway({ popen: true, output: "null", env });
  const bad = gw.remoteExec(
    `const all = []; for (;;) all.push(new Array(1e6).fill(1.5));`,
    undefined,
    { ...ISOLATE, name: "hungry" },
  );
  const error = await assertRejects(() => bad.receive(), GatewayClosedError);
  assertMatch(error.message, /hungry of gateway gw0 ran out of memory/);
  assertEquals(await gw.call(() => 2), 2);
});

for (
  const source of [
    `setTimeout(() => { throw new RangeError("later"); }); await new Promise(() => {});`,
    `Promise.reject(new RangeError("later")); await new Promise(() => {});`,
    `throw new RangeError("later");`,
  ]
) {
  test(`an error that nothing catches fails its isolated execution: ${source}`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway();
    const bad = gw.remoteExec(source, undefined, ISOLATE);
    const error = await assertRejects(() => bad.receive(), RemoteError, "later");
    assertEquals(error.name, "RangeError");
    assertEquals(await gw.call(() => 2), 2);
  });
}

test("an execution has its own permissions, and no more than its gateway", async () => {
  await using directory = await TemporaryDirectory.make();
  const [a, b] = await Promise.all(["a", "b"].map((name) => directory.write(name, name)));
  await using group = new Group();
  const gw = await group.makeGateway({ popen: true, permissions: { read: [directory.path] } });
  const read = `for (const path of args) {
    await channel.send(await Deno.readTextFile(path).catch((error) => error.name));
  }`;
  const both = async (options: Parameters<Gateway["remoteExec"]>[2]) =>
    await Array.fromAsync(gw.remoteExec(read, [a, b], options));
  assertEquals(await both({}), ["a", "b"]);
  assertEquals(await both({ permissions: { read: [a] } }), ["a", "NotCapable"]);
  assertEquals(await both({ deny: { read: [a] } }), ["NotCapable", "b"]);
  assertEquals(await both({ permissions: {} }), ["NotCapable", "NotCapable"]);
  assertThrows(
    () => gw.remoteExec(read, [], { permissions: { read: ["/etc"] } }),
    SpecError,
    "/etc",
  );
  assertThrows(() => gw.remoteExec(read, [], { permissions: { net: true } }), SpecError, "net");
});

test("the output of an isolated execution is tagged with its name", async () => {
  const lines: unknown[] = [];
  await using group = new Group();
  const gw = await group.makeGateway({
    popen: true,
    output: (...seen) => void lines.push([seen[0], seen[1], seen[2].id, seen[3]]),
  });
  const options = { ...ISOLATE, name: "resize" };
  await gw.remoteExec(`console.log("out"); console.error("err");`, undefined, options).waitClose();
  await gw.remoteExec(`console.log("main");`).waitClose();
  await until("three lines", () => lines.length === 3);
  const expected = [
    ["out", "stdout", gw.id, "resize"],
    ["err", "stderr", gw.id, "resize"],
    ["main", "stdout", gw.id, undefined],
  ];
  assertEquals(new Set(lines.map(String)), new Set(expected.map(String)));
});

test("arguments that cannot be sent leave no process behind", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  assertThrows(() => gw.remoteExec(`1`, { f() {} }, ISOLATE), SerializationError);
  assertEquals((await gw.remoteStatus()).executing, []);
});

test("after the first isolated execution a spare process is kept ready, and ends with the gateway", async () => {
  const lines = new Lines();
  await using group = new Group();
  const gw = await group.makeGateway({ popen: true, output: lines.take });
  const run = async () => await pidOf(gw.remoteExec(`await channel.send(Deno.pid)`, null, ISOLATE));
  const pids = [await run(), await run(), await run()];
  assertEquals(new Set([...pids, gw.remote.pid]).size, 4);
  await gw.terminate();
  for (const pid of pids) await whenGone(pid, 0);
});
