import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { GatewayClosedError, Group } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";

const DRAINED = "being drained";
const ECHO = `await channel.send("begun"); await channel.send(await channel.receive());`;

for (const isolate of [false, true]) {
  const kind = isolate ? "isolated executions" : "executions";
  test(`Group.drain() lets ${kind} end, and takes nothing new`, async () => {
    const group = await Group.open(["popen", "popen"]);
    const [gw, idle] = group;
    const channel = gw.remoteExec(ECHO, undefined, { isolate });
    assertEquals(await channel.receive(), "begun");
    const drained = group.drain();
    for (const each of [gw, idle]) {
      assertThrows(() => each.remoteExec("1"), GatewayClosedError, DRAINED);
      await assertRejects(() => each.call(() => 1), GatewayClosedError, DRAINED);
    }
    assertThrows(() => group.remoteExec("1"), GatewayClosedError, DRAINED);
    assertThrows(() => group.map([1], (n: number) => n), GatewayClosedError, DRAINED);
    await assertRejects(() => group.makeGateway(), GatewayClosedError, DRAINED);
    await channel.send("last");
    assertEquals(await channel.receive(), "last");
    await channel.waitClose();
    await drained;
    assertEquals([group.size, (await gw.closed).reason], [0, "exit"]);
    assertEquals(await (await group.makeGateway()).call(() => "again"), "again");
    await group.terminate();
  });
}

test("Group.drain() lets a map end that has begun", async () => {
  const group = await Group.open(["popen", "popen"]);
  const items = Array.from({ length: 20 }, (_, i) => i);
  const slow = async (n: number) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return n * 2;
  };
  const map = group.map(items, slow);
  const first = await map.next();
  const drained = group.drain();
  const rest = await Array.fromAsync(map);
  assertEquals([first.value, ...rest], items.map((n) => n * 2));
  await drained;
});

test("Group.drain() ends what still runs after its timeout", async () => {
  const group = await Group.open(["popen"]);
  const [gw] = group;
  const hangs = assertRejects(() => gw.call(() => new Promise(() => {})), GatewayClosedError);
  await gw.remoteStatus();
  await group.drain({ timeout: 50 });
  await hangs;
  assertEquals(group.size, 0);
});

test("Group.drain() of idle gateways, also of those behind others, ends them at once", async () => {
  const group = await Group.open(["popen//id=a//allow-run", "popen//id=b//via=a"]);
  assertEquals(await group.get("b")?.call(() => "up"), "up");
  await Promise.all([group.drain(), group.drain()]);
  assertEquals(group.size, 0);
  await assertRejects(() => new Group().drain({ timeout: NaN }), RangeError);
});

test("Group.terminate() ends a drain", async () => {
  const group = await Group.open(["popen"]);
  const [gw] = group;
  const channel = gw.remoteExec(`await new Promise(() => {})`);
  const drained = group.drain();
  await group.terminate({ timeout: 0 });
  await drained;
  assert(channel.closed);
});

test("Group.drain() waits for a map whose items are still to come", async () => {
  const group = await Group.open(["popen"]);
  const gate = Promise.withResolvers<void>();
  const items = async function* () {
    await gate.promise;
    yield* [1, 2, 3];
  };
  const results = Array.fromAsync(group.map(items(), (n: number) => n * 2));
  const drained = group.drain();
  await group.get(0)?.remoteStatus();
  gate.resolve();
  assertEquals(await results, [2, 4, 6]);
  await drained;
  assertEquals(group.size, 0);
});

test("Group.drain() waits for a map while its last gateway is replaced", async () => {
  const group = await Group.open([{ popen: true, output: "null" }]);
  const crashes = (n: number) => n === 1 ? Deno.exit(1) : n;
  let drained: Promise<void> | undefined;
  const results = await Array.fromAsync(group.map([0, 1, 2, 3], crashes, {
    respawn: true,
    onError: "skip",
    onLoss: () => drained = group.drain(),
  }));
  assertEquals(results, [0, 2, 3]);
  await drained;
  assertEquals(group.size, 0);
});
