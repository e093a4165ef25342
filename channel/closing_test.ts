/** How channels end, between two connections. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assert, assertInstanceOf } from "../tests/support/assert.ts";
import { ChannelClosedError, ExecnetError, RemoteError } from "../errors.ts";
import { FrameType, MAX_FRAME_BYTES } from "../protocol/constants.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { execFrame, face, type Pair, pair, plainChannel, quiet } from "../tests/support/peers.ts";

/** The open channels of both sides, once they have come to rest. */
async function openChannels(it: Pair): Promise<[number, number]> {
  await quiet(it);
  return [it.initiator.connection.channelCount, it.remote.connection.channelCount];
}

for (const first of ["here", "there"] as const) {
  Deno.test(`both sides end their half, ${first} first, and the channel closes`, async () => {
    await using it = await pair();
    const [here, there] = await plainChannel(it);
    const [early, late] = first === "here" ? [here, there] : [there, here];
    await early.send(1);
    early.closeSend();
    early.closeSend(); // nothing more happens
    await assertRejects(() => early.send(2), ChannelClosedError);
    assertEquals(await late.receive(), 1);
    await assertRejects(() => late.receive(), ChannelClosedError);
    await late.send(3);
    assertEquals(await early.receive(), 3);
    assertEquals([early.closed, late.closed], [false, false]);
    late.closeSend();
    await Promise.all([early.waitClose(), late.waitClose()]);
    assertEquals(await openChannels(it), [1, 1]);
  });
}

Deno.test("both sides end their half at the same time", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  here.closeSend();
  there.closeSend();
  await Promise.all([here.waitClose(), there.waitClose()]);
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("closeSend() comes after items that wait for the window", async () => {
  await using it = await pair();
  const sends = Array.from({ length: 30 }, () => it.near.send(new Uint8Array(64_000)));
  it.near.closeSend();
  let count = 0;
  for await (const item of it.far) count += (item as Uint8Array).length;
  assertEquals(count, 30 * 64_000);
  await Promise.all(sends);
});

Deno.test("close() is idempotent, and frees the id on both sides", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  here.close();
  here.close(new Error("too late"));
  here.closeSend();
  assert(here.closed);
  await here.waitClose();
  await assertRejects(() => there.waitClose(), ChannelClosedError, "closed by the peer");
  await assertRejects(() => there.receive(), ChannelClosedError);
  await assertRejects(() => there.send(1), ChannelClosedError);
  await assertRejects(() => here.send(1), ChannelClosedError);
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("close() on both sides at the same time frees the id", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  here.close();
  there.close();
  await Promise.all([here.waitClose(), there.waitClose()]);
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("close() races with items of the peer, which are dropped", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const sends = Array.from({ length: 40 }, () => there.send(new Uint8Array(64_000)));
  const settled = Promise.allSettled(sends);
  here.close();
  await here.waitClose();
  const outcomes = await settled;
  const last = outcomes.at(-1);
  assert(last?.status === "rejected");
  assertInstanceOf(last.reason, ChannelClosedError);
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("close() wakes what waits on this side and on the other", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const waits = [here, there].map((end) => assertRejects(() => end.receive(), ChannelClosedError));
  here.close();
  await Promise.all(waits);
});

Deno.test("close(error) reaches the peer after the items, once; then it is just closed", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  await here.send("item");
  here.close(new TypeError("no such table"));
  assertEquals(await there.receive(), "item");
  const error = await assertRejects(() => there.receive(), RemoteError, "no such table");
  assertEquals(error.name, "TypeError");
  await assertRejects(() => there.receive(), ChannelClosedError);
  await assertRejects(() => there.waitClose(), RemoteError);
  await assertRejects(() => there.waitClose(), RemoteError);
  await here.waitClose();
});

Deno.test("close(error) takes an error of any size and content", async () => {
  await using it = await pair();
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const errors = [
    new Error("x".repeat(10 * MAX_FRAME_BYTES)),
    Object.assign(new Error("large properties"), { data: new Uint8Array(2 * MAX_FRAME_BYTES) }),
    Object.assign(new Error("cyclic"), { cyclic, fn: () => {} }),
    new Error("cause", { cause: () => {} }),
    ...[Symbol("thrown"), null, 0, "text", { code: 1 }, Object.create(null), () => {}],
  ];
  for (const error of errors) {
    const [here, there] = await plainChannel(it);
    here.close(error);
    const seen = await assertRejects(() => there.receive(), RemoteError);
    if (error instanceof Error) assertEquals(seen.message.slice(0, 5), error.message.slice(0, 5));
  }
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("the channel of a running execution is not closed from inside", async () => {
  await using it = await pair();
  assertThrows(() => it.far.close(), ExecnetError, "running execution");
  await it.far.send("on");
  assertEquals(await it.near.receive(), "on");
});

Deno.test("the initiator's close aborts the execution's signal; its end frees the id", async () => {
  await using it = await pair();
  const aborted = Promise.withResolvers<void>();
  it.far.signal.addEventListener("abort", () => aborted.resolve());
  it.near.close();
  await aborted.promise;
  assertEquals(await openChannels(it), [1, 1]);
  it.farCore.lifecycle.finish();
  await it.near.waitClose();
  assertEquals(await openChannels(it), [0, 0]);
});

Deno.test("an execution's error comes after the items that it had sent", async () => {
  await using it = await pair();
  const sends = Array.from({ length: 30 }, () => it.far.send(new Uint8Array(64_000)));
  it.farCore.lifecycle.finish(new RangeError("spent"));
  for (let i = 0; i < 30; i++) await it.near.receive();
  await assertRejects(() => it.near.receive(), RemoteError, "spent");
  await Promise.all(sends);
  assertEquals(await openChannels(it), [0, 0]);
});

Deno.test("an execution is over with the remote's CLOSE, and what is under way is dropped", async () => {
  await using it = face("remote");
  await it.peer.greet();
  await it.peer.write(execFrame(1));
  const { core } = await it.side.execution();
  core.lifecycle.finish();
  assertEquals((await it.peer.next("close"))?.type, "close");
  assertEquals(it.side.connection.channelCount, 0);
  const late = [
    encodeFrame(FrameType.WINDOW, 1, Uint8Array.of(0, 0, 0, 9)),
    encodeFrame(FrameType.ITEM, 1, Uint8Array.of(1)),
    encodeFrame(FrameType.END, 1),
    encodeFrame(FrameType.CLOSE, 1),
    encodeFrame(FrameType.PING, 0),
  ];
  await it.peer.write(...late);
  await it.peer.next("pong");
  assertEquals(it.side.connection.lost, undefined);
});

Deno.test("the initiator does not answer the remote's CLOSE of an execution", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const request = { kind: "source", name: "", position: "", isolated: false } as const;
  const channel = it.side.execs.send(request, "", undefined);
  await it.peer.write(encodeFrame(FrameType.CLOSE, channel.id), encodeFrame(FrameType.PING, 0));
  await channel.waitClose();
  assertEquals(it.side.connection.channelCount, 0);
  await it.peer.next("pong");
  assertEquals(it.peer.seen, ["code", "execKept", "item", "pong"]);
});

Deno.test("close() ends an execution that has returned with more than a window unread", async () => {
  await using it = await pair();
  const sends = Array.from({ length: 40 }, () => it.far.send(new Uint8Array(64_000)));
  const settled = Promise.allSettled(sends);
  it.farCore.lifecycle.finish();
  await openChannels(it);
  it.near.close();
  await it.near.waitClose();
  await settled;
  assertEquals(await openChannels(it), [0, 0]);
});

Deno.test("close() ends a half-closed channel with more than a window unread", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const sends = Array.from({ length: 40 }, () => there.send(new Uint8Array(64_000)));
  const settled = Promise.allSettled(sends);
  here.closeSend();
  there.closeSend();
  await openChannels(it);
  here.close();
  await Promise.all([here.waitClose(), there.waitClose()]);
  await settled;
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("iteration ends at the peer's close, throws its error, and may be left", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  for (const item of [1, 2, 3]) await here.send(item);
  for await (const item of there) if (item === 2) break;
  assertEquals(there.closed, false);
  here.close(new Error("over"));
  const seen: unknown[] = [];
  await assertRejects(
    async () => {
      for await (const item of there) seen.push(item);
    },
    RemoteError,
    "over",
  );
  assertEquals(seen, [3]);
  await assertRejects(() => Array.fromAsync(there), RemoteError, "over");
});

Deno.test("ids are free again after a thousand channels, and none is used twice", async () => {
  await using it = await pair();
  const ids = new Set<number>();
  for (let i = 0; i < 1000; i++) {
    const channel = it.initiator.connection.newChannel();
    ids.add(channel.id);
    channel.close();
  }
  assertEquals(ids.size, 1000);
  assertEquals(await openChannels(it), [1, 1]);
});

Deno.test("the remote answers a status request, and is told to exit", async () => {
  await using it = await pair();
  it.remote.status = { channels: 3, executing: ["a", "b"], execModel: "main" };
  assertEquals(await it.initiator.connection.requestStatus(), it.remote.status);
  it.initiator.connection.requestExit(5);
  await quiet(it);
  assertEquals([it.remote.exits, it.initiator.holds], [[5], 0]);
});
