import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Channel,
  ChannelClosedError,
  ExecnetError,
  type Gateway,
  GatewayClosedError,
  Group,
  MultiChannel,
  RemoteError,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { makeMemoryGateway } from "../support/memory_gateway.ts";

/** Makes memory gateways, each of which runs its source. */
class Members implements AsyncDisposable {
  readonly gateways: Gateway[];
  readonly channels: MultiChannel;

  private constructor(gateways: Gateway[], sources: string[]) {
    this.gateways = gateways;
    this.channels = new MultiChannel(gateways.map((gw, i) => gw.remoteExec(sources[i])));
  }

  static async make(...sources: string[]): Promise<Members> {
    return new Members(await Promise.all(sources.map(() => makeMemoryGateway())), sources);
  }

  /** Resolves when everything that was sent so far has arrived. */
  async settle(): Promise<void> {
    for (const gateway of this.gateways) await gateway.remoteStatus();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.terminate()));
  }
}

/** An execution that ends only with its gateway. */
const STUBBORN = `await channel.send("last words"); await new Promise(() => {});`;
const ECHO = `for await (const item of channel) await channel.send(item);`;

async function collect(
  channels: MultiChannel,
): Promise<{ items: unknown[]; error: unknown }> {
  const items: unknown[] = [];
  try {
    for await (const [channel, item] of channels) {
      items.push([[...channels].indexOf(channel), item]);
    }
  } catch (error) {
    return { items, error };
  }
  return { items, error: undefined };
}

test("a MultiChannel gives its channels by index and in order", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  assertEquals(channels.size, 2);
  assertEquals([channels.get(0), channels.get(1)], [...channels]);
  for (const index of [-1, 2, NaN, 0.5]) assertEquals(channels.get(index), undefined);
  assertThrows(() => new MultiChannel([{} as Channel]), TypeError, "holds channels");
});

test("MultiChannel.sendEach() and receiveEach() cover each member, in order", async () => {
  await using members = await Members.make(ECHO, ECHO, ECHO);
  for (const item of ["a", undefined, { b: 1 }]) {
    await members.channels.sendEach(item);
    assertEquals(await members.channels.receiveEach(), [item, item, item]);
  }
  members.channels.closeSend();
  await members.channels.waitClose();
});

test("MultiChannel.sendEach() sends to the others if one is closed", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const [first, second] = members.channels;
  first.close();
  await assertRejects(() => members.channels.sendEach(1), ChannelClosedError);
  assertEquals(await second.receive(), 1);
  await assertRejects(() => members.channels.sendEach(() => {}), ExecnetError);
  await assertRejects(() => new MultiChannel([second]).sendEach(() => {}), SerializationError);
  await second.send("still open");
  assertEquals(await second.receive(), "still open");
});

test("MultiChannel.receiveEach() receives nothing unless each member has an item", async () => {
  await using members = await Members.make(`await channel.send(1); ${ECHO}`, ECHO);
  const { channels } = members;
  await members.settle();
  await assertRejects(() => channels.receiveEach({ timeout: 20 }), TimeoutError, "within 20 ms");
  await assertRejects(
    () => channels.receiveEach({ signal: AbortSignal.abort(new Error("never mind")) }),
    Error,
    "never mind",
  );
  const both = channels.receiveEach();
  await channels.get(1)?.send(2);
  assertEquals(await both, [1, 2]);
});

test("MultiChannel.receiveEach() called twice at once returns each item once", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  const both = Promise.all([channels.receiveEach(), channels.receiveEach()]);
  await channels.sendEach(1);
  await channels.sendEach(2);
  assertEquals((await both).toSorted(), [[1, 1], [2, 2]]);
});

test("MultiChannel.receiveEach() rejects once a member has failed, and loses no items of the others", async () => {
  await using members = await Members.make(
    `await channel.send("a1"); await channel.send("a2"); ${ECHO}`,
    `await channel.send("b1"); throw new RangeError("b is broken");`,
  );
  const { channels } = members;
  assertEquals(await channels.receiveEach(), ["a1", "b1"]);
  await assertRejects(() => channels.receiveEach(), RemoteError, "b is broken");
  await assertRejects(() => channels.receiveEach(), ChannelClosedError);
  assertEquals(await channels.get(0)?.receive(), "a2");
});

test("a waiting MultiChannel.receiveEach() rejects when a member's gateway dies", async () => {
  await using members = await Members.make(ECHO, STUBBORN);
  assertEquals(await members.channels.get(1)?.receive(), "last words");
  const waiting = assertRejects(() => members.channels.receiveEach(), GatewayClosedError);
  await members.gateways[1].terminate();
  await waiting;
});

test("a MultiChannel iterates in the order of arrival, whenever the iteration begins", async () => {
  await using members = await Members.make(ECHO, ECHO, ECHO);
  const { channels } = members;
  const order = [2, 0, 0, 1, 2, 1, 0];
  for (const [n, index] of order.entries()) {
    await channels.get(index)?.send(n);
    await members.settle();
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
  await members.settle();
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
    await members.settle();
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
  for (let i = 0; i < 20; i++) await members.settle();
  // A window holds ten items. Memory gateways share the globals of this process.
  const sent = Number(Reflect.get(globalThis, "sent"));
  assertEquals(sent >= 10 && sent <= 12, true, `${sent}`);
  await channels.get(1)?.send("others go on");
  assertEquals(await channels.get(1)?.receive(), "others go on");
  channels.close();
  await channels.waitClose();
  Reflect.deleteProperty(globalThis, "sent");
});

test("MultiChannel.waitClose() throws the earliest error when all members have closed", async () => {
  await using members = await Members.make(
    `await channel.receive(); throw new Error("late");`,
    `throw new Error("early");`,
    `await channel.receive();`,
  );
  const { channels } = members;
  let done = false;
  const closed = assertRejects(() => channels.waitClose(), RemoteError, "early")
    .then(() => done = true);
  await assertRejects(() => channels.get(1)!.waitClose(), RemoteError);
  await channels.get(0)?.send(1);
  await assertRejects(() => channels.get(0)!.waitClose(), RemoteError);
  await members.settle();
  assertEquals(done, false);
  await channels.get(2)?.send(1);
  await closed;
});

test("MultiChannel.waitClose() is bounded by its timeout", async () => {
  await using members = await Members.make(ECHO, ECHO);
  await assertRejects(() => members.channels.waitClose({ timeout: 10 }), TimeoutError);
  members.channels.close();
  await members.channels.waitClose();
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

test("`await using` closes the channels of a MultiChannel", async () => {
  await using group = await Group.open(["popen", "popen"]);
  {
    await using channels = group.remoteExec(ECHO);
    await channels.sendEach(1);
  }
  for (const status of (await group.remoteStatus()).values()) {
    assertEquals(status.reachable && status.channels, 0);
  }
});
