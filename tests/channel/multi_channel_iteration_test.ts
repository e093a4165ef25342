import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ExecnetError, GatewayClosedError, RemoteError, TimeoutError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { collect, ECHO, Members, STUBBORN } from "../support/members.ts";

test("a MultiChannel iterates in the order of arrival, whenever the iteration begins", async () => {
  await using members = await Members.make(ECHO, ECHO, ECHO);
  const { channels } = members;
  const order = [2, 0, 0, 1, 2, 1, 0];
  for (const [n, index] of order.entries()) {
    await channels.get(index)?.send(n);
    await members.arrived();
  }
  channels.closeSend();
  const { items } = await collect(channels);
  assertEquals(items, order.map((index, n) => [index, n]));
});

test("the iteration of a MultiChannel ends when all members have closed, after their last items", async () => {
  await using members = await Members.make(
    `await channel.receive(); for (let i = 0; i < 100; i++) await channel.send(i);`,
    `return`,
    `await channel.send("one")`,
  );
  const collected = collect(members.channels);
  await members.channels.get(0)?.send("go");
  const { items, error } = await collected;
  assertEquals([items.length, error], [101, undefined]);
  assertEquals(await collect(members.channels), { items: [], error: undefined });
});

test("the iteration of a MultiChannel throws the first error after the items of all others", async () => {
  await using members = await Members.make(
    `await channel.receive(); await channel.send("late"); throw new Error("second");`,
    `await channel.send("early"); throw new Error("first");`,
  );
  const { channels } = members;
  const collected = collect(channels);
  await assertRejects(() => channels.get(1)!.waitClose(), RemoteError);
  await channels.get(0)?.send("go on");
  const { items, error } = await collected;
  assertEquals(items, [[1, "early"], [0, "late"]]);
  assertEquals((error as Error).message, "first");
  await assertRejects(() => channels.waitClose(), RemoteError);
});

test("the iteration of a MultiChannel continues when a member's gateway dies, and throws at the end", async () => {
  await using members = await Members.make(STUBBORN, ECHO);
  await members.arrived();
  const collected = collect(members.channels);
  await members.gateways[0].terminate();
  await members.channels.get(1)?.send("goes on");
  members.channels.get(1)?.closeSend();
  const { items, error } = await collected;
  assertEquals(items, [[0, "last words"], [1, "goes on"]]);
  assertEquals(error instanceof GatewayClosedError, true);
});

test("leaving the iteration of a MultiChannel loses nothing", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  for (const index of [0, 1]) {
    for (const item of [1, 2, 3]) await channels.get(index)?.send(item);
    await members.arrived();
  }
  for await (const [, item] of channels) if (item === 2) break;
  assertEquals(await channels.receiveEach(), [3, 1]);
  await assertRejects(() => channels.receiveEach({ timeout: 10 }), TimeoutError);
  assertEquals(await channels.get(1)?.receive(), 2);
  channels.closeSend();
  assertEquals((await collect(channels)).items, [[1, 3]]);
});

test("an iterator of a MultiChannel can be left while it waits, and be asked ahead", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const iterator = members.channels[Symbol.asyncIterator]();
  const [first, second] = [iterator.next(), iterator.next()];
  await members.channels.get(1)?.send("a");
  assertEquals((await first).value?.[1], "a");
  await iterator.return?.();
  assertEquals(await second, { value: undefined, done: true });
  assertEquals(await iterator.next(), { value: undefined, done: true });
  await members.channels.get(1)?.send("b");
  assertEquals(await members.channels.get(1)?.receive(), "b");
});

test("a MultiChannel that nobody reads receives no more than each member's window", async () => {
  await using members = await Members.make(
    `globalThis.sent = 0;
     for (;; globalThis.sent++) await channel.send(new Uint8Array(100_000));`,
    ECHO,
  );
  const { channels } = members;
  await channels[Symbol.asyncIterator]().next();
  for (let i = 0; i < 20; i++) await members.arrived();
  // A window holds ten items. Memory gateways share the globals of this process.
  const sent = Number(Reflect.get(globalThis, "sent"));
  assertEquals(sent >= 10 && sent <= 12, true, `${sent}`);
  await channels.get(1)?.send("others go on");
  assertEquals(await channels.get(1)?.receive(), "others go on");
  channels.close();
  await channels.waitClose();
  Reflect.deleteProperty(globalThis, "sent");
});

test("a member with a callback cannot be iterated over", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  const waiting = channels.receiveEach();
  assertThrows(() => channels.get(0)?.setCallback(() => {}), ExecnetError, "waits on it");
  await channels.sendEach(1);
  await waiting;
  channels.get(0)?.setCallback(() => {});
  await assertRejects(() => channels.receiveEach(), ExecnetError, "it has a callback");
  assertEquals((await collect(channels)).error instanceof ExecnetError, true);
});
