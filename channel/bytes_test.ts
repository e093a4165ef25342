/** Bytes that are sent from where they lie, and taken as they come: what a relay does. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { assert, assertInstanceOf } from "../tests/support/assert.ts";
import { ProtocolError } from "../errors.ts";
import { NO_HOLD } from "../internal/keep_alive.ts";
import { FrameType, INITIAL_WINDOW_BYTES, MAX_FRAME_BYTES } from "../protocol/constants.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { coreOf } from "./channel.ts";
import { consumeBytes } from "./consumers.ts";
import { Bridges } from "./mux/bridge.ts";
import { StatusRequests } from "./mux/status_requests.ts";
import { Connection } from "./mux/connection.ts";
import { UnboundChannels } from "./mux/unbound.ts";
import { face, pair, quiet } from "../tests/support/peers.ts";

/** A chunk whose bytes tell where they belong. */
function chunk(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i * 7) % 251);
}

const CHUNKS = [[1], [9, 65_536], [65_536], [9, 200_000, 3, 0, 4_097], [40, 40], [0]];

for (const lengths of CHUNKS) {
  Deno.test(`ChannelCore.sendBytes() sends chunks of ${lengths} bytes as one item`, async () => {
    await using it = await pair();
    const chunks = lengths.map((length, i) => chunk(length, i));
    const { promise, resolve } = Promise.withResolvers<void>();
    await coreOf(it.near).sendBytes(chunks, resolve);
    assertEquals(await it.far.receive(), concat(chunks));
    await promise;
  });
}

Deno.test("ChannelCore.sendBytes() tells what has been written in the order in which it was sent", async () => {
  await using it = await pair();
  const told: number[] = [];
  // The small one could leave at once, if nothing waited in front of it.
  const sizes = [3 * INITIAL_WINDOW_BYTES, 5, 100_000, 5];
  const sends = sizes.map((size, i) =>
    coreOf(it.near).sendBytes([chunk(size)], () => told.push(i))
  );
  for (const size of sizes) assertEquals(await it.far.receive(), chunk(size));
  await Promise.all(sends);
  await quiet(it);
  assertEquals(told, [0, 1, 2, 3]);
});

Deno.test("ChannelCore.sendBytes() tells of a few bytes only after what was sent before was written", async () => {
  const writes: (() => void)[] = [];
  const connection = new Connection({
    start() {},
    write: (_chunks, written = () => {}) =>
      new Promise<void>((resolve) => writes.push(() => (written(), resolve()))),
    async flushed() {},
    closeWrite() {},
  }, {
    side: "initiator",
    bridges: new Bridges(),
    statusRequests: new StatusRequests(),
    owner: { id: "x" },
    hold: () => NO_HOLD,
    lost: () => new Error("lost"),
  });
  const core = coreOf(connection.newChannel());
  const told: string[] = [];
  await core.sendBytes([chunk(100_000)], () => told.push("many"));
  // They may be the last of an item whose first bytes are on their way: the memory is of both.
  core.sendBytes([chunk(5)], () => told.push("few"));
  assertEquals([told, writes.length], [[], 1]);
  writes[0]();
  assertEquals(told, ["many"]);
});

Deno.test("ChannelCore.sendBytes() on a channel without a connection tells that it holds a copy", async () => {
  await using it = await pair();
  const unbound = new UnboundChannels(it.initiator.connection.owner, it.initiator.connection);
  const channel = unbound.newChannel();
  const bytes = chunk(100_000);
  await coreOf(channel).sendBytes([bytes], () => bytes.fill(0));
  assertEquals(bytes, new Uint8Array(100_000));
  await it.near.send(channel);
  const there = await it.far.receive() as typeof channel;
  assertEquals(await there.receive(), chunk(100_000));
});

Deno.test("ChannelCore.sendBytes() does nothing after the close", async () => {
  await using it = await pair();
  it.near.close();
  await coreOf(it.near).sendBytes([chunk(100_000)], () => {
    throw new Error("nothing was written");
  });
});

Deno.test("consumeBytes() gives bytes as they come, and then the end", async () => {
  await using it = await pair();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const sent = [chunk(5), chunk(70_000), chunk(3 * INITIAL_WINDOW_BYTES), chunk(0), chunk(1)];
  const first = it.near.send(sent[0]);
  await first; // it waits in the queue when somebody comes to take it
  await quiet(it);
  const pieces: Uint8Array[] = [];
  consumeBytes(it.farCore, (bytes, cost) => {
    pieces.push(bytes.slice());
    it.farCore.received.items.consumed(cost);
  }, resolve);
  for (const item of sent.slice(1)) await it.near.send(item);
  it.near.closeSend();
  await ended;
  assertEquals(concat(pieces), concat(sent));
  assert(pieces.every(({ length }) => length <= MAX_FRAME_BYTES));
});

Deno.test("consumeBytes() drops items that are no bytes, and lets the peer go on", async () => {
  await using it = await pair();
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const pieces: Uint8Array[] = [];
  consumeBytes(it.farCore, (bytes) => pieces.push(bytes.slice()), resolve);
  for (let i = 0; i < 40; i++) await it.near.send("x".repeat(64 * 1024));
  await it.near.send(chunk(3));
  it.near.closeSend();
  await ended;
  assertEquals(pieces, [chunk(3)]);
});

Deno.test("consumeBytes() lets the peer send no more than a window until it took some", async () => {
  await using it = await pair();
  let arrived = 0;
  let held = 0;
  consumeBytes(it.farCore, (bytes, cost) => {
    arrived += bytes.length;
    held += cost;
  }, () => {});
  const total = 3 * INITIAL_WINDOW_BYTES;
  const sent = it.near.send(new Uint8Array(total));
  await quiet(it);
  assert(arrived > INITIAL_WINDOW_BYTES / 2 && held <= INITIAL_WINDOW_BYTES, `${held} bytes`);
  while (arrived < total) {
    it.farCore.received.items.consumed(held);
    held = 0;
    await quiet(it);
  }
  await sent;
});

const { ITEM_START, ITEM_PART, ITEM, END } = FrameType;
/** The first 10 of the 100 bytes of an item, after a head of two. */
const BEGUN = encodeFrame(
  ITEM_START,
  1,
  Uint8Array.of(0, 0, 0, 102, 0xc4, 100, ...new Uint8Array(10)),
);

const WRONG = {
  "a part that goes past the item's end": encodeFrame(ITEM_PART, 1, new Uint8Array(91)),
  "an item within the item": encodeFrame(ITEM, 1, Uint8Array.of(1)),
  "another start": BEGUN,
  "an END": encodeFrame(END, 1),
};

for (const [what, bytes] of Object.entries(WRONG)) {
  Deno.test(`consumeBytes() takes ${what} for a breach of the protocol`, async () => {
    await using it = face("initiator");
    await it.peer.greet();
    const channel = it.side.connection.newChannel();
    consumeBytes(coreOf(channel), () => {}, () => {});
    await it.peer.write(BEGUN, bytes);
    const error = await it.side.lost;
    assertInstanceOf(error, ProtocolError);
    assertStringIncludes(error.message, "mixed up");
  });
}
