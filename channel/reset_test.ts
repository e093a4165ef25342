/** What a peer does wrong on one channel, or late, and leaves the connection as it is. */

import { assertEquals, assertRejects } from "@std/assert";
import { assert, assertInstanceOf } from "../tests/support/assert.ts";
import { ChannelClosedError, ProtocolError } from "../errors.ts";
import { FrameType } from "../protocol/constants.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { ItemCodec } from "../protocol/items.ts";
import { encodeStatusReport } from "../protocol/control.ts";
import { face } from "../tests/support/peers.ts";

const { ITEM, ITEM_START, ITEM_PART, WINDOW, END, CLOSE, OPEN } = FrameType;
const codec = new ItemCodec();

function item(channel: number, value: unknown): Uint8Array {
  return encodeFrame(ITEM, channel, codec.encode(value));
}

/** An item of any length, in parts. */
function inParts(channel: number, bytes: Uint8Array): Uint8Array[] {
  const start = new Uint8Array(4 + 1000);
  new DataView(start.buffer).setUint32(0, bytes.length);
  start.set(bytes.subarray(0, 1000), 4);
  const frames = [encodeFrame(ITEM_START, channel, start)];
  for (let at = 1000; at < bytes.length; at += 60_000) {
    frames.push(encodeFrame(ITEM_PART, channel, bytes.subarray(at, at + 60_000)));
  }
  return frames;
}

const broken: [what: string, frames: Uint8Array[], says: string][] = [
  ["an item nested 100,000 deep", inParts(1, new Uint8Array(100_000).fill(0x91)), "nested deeper"],
  [
    "a Map that declares 4 billion entries",
    [encodeFrame(ITEM, 1, Uint8Array.of(0xdf, 255, 255, 255, 255))],
    "truncated",
  ],
  ["a truncated item", [encodeFrame(ITEM, 1, Uint8Array.of(0x92, 1))], "truncated"],
  ["an item with bytes behind it", [encodeFrame(ITEM, 1, Uint8Array.of(0x90, 1))], "too many"],
  [
    "an unknown extension type",
    [encodeFrame(ITEM, 1, Uint8Array.of(0xd4, 99, 0))],
    "unknown extension type 99",
  ],
  [
    "a channel that was never opened",
    [encodeFrame(ITEM, 1, Uint8Array.of(0xd6, 10, 0, 0, 0, 99))],
    "channel 99",
  ],
  [
    "an item larger than allowed",
    [encodeFrame(ITEM_START, 1, Uint8Array.of(255, 255, 255, 255, 0))],
    "4294967295 bytes",
  ],
];

for (const [what, frames, says] of broken) {
  Deno.test(`Connection resets only the channel that brings ${what}`, async () => {
    await using it = face("initiator");
    const channel = it.side.connection.newChannel();
    const other = it.side.connection.newChannel();
    await it.peer.greet();
    await it.peer.write(...frames, item(1, "late"), item(other.id, "sound"));
    await assertRejects(() => channel.receive(), ProtocolError, says);
    assertEquals(await other.receive(), "sound");
    const close = await it.peer.next("close");
    assertEquals(close?.channel, 1);
    const told = codec.decode(close?.error ?? new Uint8Array());
    assertInstanceOf(told, Error);
    assert(told.message.includes(says), told.message);
    await it.peer.write(encodeFrame(CLOSE, 1));
    await assertRejects(() => channel.waitClose(), ProtocolError, says);
    await other.send("on");
    assertEquals(await it.peer.next("item").then((frame) => frame?.channel), other.id);
    assertEquals([it.side.connection.lost, it.side.connection.channelCount], [undefined, 1]);
  });
}

Deno.test("Channel delivers what came before the item that resets it", async () => {
  await using it = face("initiator");
  const channel = it.side.connection.newChannel();
  await it.peer.greet();
  await it.peer.write(item(1, "first"), encodeFrame(ITEM, 1, Uint8Array.of(0xc1)));
  assertEquals(await channel.receive(), "first");
  await assertRejects(() => channel.receive(), ProtocolError);
  await assertRejects(() => channel.send(1), ProtocolError);
});

Deno.test("Connection drops every frame for a channel that was closed", async () => {
  await using it = face("initiator");
  const channel = it.side.connection.newChannel();
  const other = it.side.connection.newChannel();
  await it.peer.greet();
  await it.peer.write(encodeFrame(END, 1), encodeFrame(CLOSE, 1));
  await channel.waitClose();
  await it.peer.write(
    item(1, "late"),
    encodeFrame(WINDOW, 1, Uint8Array.of(0, 0, 0, 1)),
    encodeFrame(END, 1),
    encodeFrame(CLOSE, 1),
    ...[encodeFrame(OPEN, 2), encodeFrame(CLOSE, 2), item(2, "late"), encodeFrame(CLOSE, 2)],
    item(other.id, "sound"),
  );
  assertEquals(await other.receive(), "sound");
  assertEquals(it.side.connection.channelCount, 1);
});

Deno.test("Connection drops items while it waits for the peer's CLOSE", async () => {
  await using it = face("initiator");
  const channel = it.side.connection.newChannel();
  const other = it.side.connection.newChannel();
  channel.close();
  await it.peer.greet();
  const part = encodeFrame(ITEM_START, 1, Uint8Array.of(0, 0, 0, 9, 1));
  await it.peer.write(item(1, "late"), part, item(other.id, "sound"));
  assertEquals(await other.receive(), "sound");
  await assertRejects(() => channel.receive(), ChannelClosedError);
  await it.peer.write(encodeFrame(END, 1), encodeFrame(CLOSE, 1));
  await channel.waitClose();
});

Deno.test("Connection drops a STATUS that nobody asked for", async () => {
  await using it = face("initiator");
  const channel = it.side.connection.newChannel();
  await it.peer.greet();
  const status = encodeStatusReport({ channels: 0, executing: [], execModel: "main" });
  await it.peer.write(encodeFrame(FrameType.STATUS, 7, status), item(1, "sound"));
  assertEquals(await channel.receive(), "sound");
});

Deno.test("CLOSE drops an item that is not whole", async () => {
  await using it = face("initiator");
  const channel = it.side.connection.newChannel();
  await it.peer.greet();
  const part = encodeFrame(ITEM_START, 1, Uint8Array.of(0, 0, 0, 9, 1));
  await it.peer.write(item(1, "whole"), part, encodeFrame(CLOSE, 1));
  assertEquals(await channel.receive(), "whole");
  await assertRejects(() => channel.receive(), ChannelClosedError);
  assertEquals(it.side.connection.channelCount, 0);
});

Deno.test("CLOSE with something that is no error fails its channel alone", async () => {
  await using it = face("initiator");
  const [first, second, other] = [1, 2, 3].map(() => it.side.connection.newChannel());
  await it.peer.greet();
  await it.peer.write(
    encodeFrame(CLOSE, first.id, Uint8Array.of(7)),
    encodeFrame(CLOSE, second.id, Uint8Array.of(0xc1)),
    item(other.id, "sound"),
  );
  await assertRejects(() => first.receive(), ProtocolError);
  await assertRejects(() => second.waitClose(), ProtocolError);
  assertEquals(await other.receive(), "sound");
});

Deno.test("A reference to a closed channel arrives as a channel that says so", async () => {
  await using it = face("initiator");
  const [channel, gone] = [it.side.connection.newChannel(), it.side.connection.newChannel()];
  await it.peer.greet();
  await it.peer.write(encodeFrame(END, gone.id), encodeFrame(CLOSE, gone.id));
  await gone.waitClose();
  const reference = Uint8Array.of(0xd6, 10, 0, 0, 0, gone.id);
  await it.peer.write(encodeFrame(ITEM, channel.id, reference));
  const received = await channel.receive() as typeof gone;
  assertEquals([received.id, received.closed], [gone.id, true]);
  assertEquals(it.side.connection.channelCount, 1);
});

/** Random numbers that are the same in every run: mulberry32. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

Deno.test("random frames do nothing to a connection but end it with a ProtocolError", async () => {
  const random = seeded(6);
  const sizes: Record<number, () => number> = {
    [WINDOW]: () => 4,
    [END]: () => 0,
    [OPEN]: () => 0,
    [FrameType.STATUS_REQUEST]: () => 0,
    [FrameType.PING]: () => 0,
    [FrameType.PONG]: () => 0,
    [FrameType.DROP]: () => 0,
    [FrameType.EXIT]: () => 4,
  };
  for (let run = 0; run < 150; run++) {
    const side = run % 2 === 0 ? "initiator" : "remote";
    await using it = face(side);
    const { connection } = it.side;
    for (let i = 0; i < 3; i++) connection.newChannel().setCallback(() => {});
    await it.peer.greet();
    const frames = Array.from({ length: 1 + random(8) }, () => {
      const type = (1 + random(run % 3 === 0 ? 11 : 7)) as FrameType;
      const length = (sizes[type] ?? (() => 5 + random(6)))();
      return encodeFrame(type, random(8), Uint8Array.from({ length }, () => random(256)));
    });
    await it.peer.write(...frames);
    await it.peer.close();
    const error = await it.side.lost;
    if (error !== undefined) assertInstanceOf(error, ProtocolError);
    assertEquals([connection.channelCount, it.side.holds], [0, 0]);
  }
});
