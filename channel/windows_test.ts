/** Windows, waits and what can be taken back, between two connections. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { assert, assertInstanceOf } from "../tests/support/assert.ts";
import { ProtocolError, SerializationError, TimeoutError } from "../errors.ts";
import {
  FrameType,
  HEADER_BYTES,
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
} from "../protocol/constants.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { inTime } from "../tests/support/deadline.ts";
import { face, pair, quiet } from "../tests/support/peers.ts";

const BLOCK = 64 * 1000;

Deno.test("Channel.send() waits after one window while the consumer has stopped", async () => {
  await using it = await pair();
  let sent = 0;
  const sends = Array.from({ length: 40 }, async (_, i) => {
    await it.near.send(new Uint8Array(BLOCK).fill(i));
    sent += BLOCK;
  });
  await quiet(it);
  assert(sent > INITIAL_WINDOW_BYTES - 2 * BLOCK && sent <= INITIAL_WINDOW_BYTES, `${sent} bytes`);
  assert(it.initiator.holds > 0);

  for (let i = 0; i < 40; i++) {
    const item = await it.far.receive();
    assertEquals(item, new Uint8Array(BLOCK).fill(i));
  }
  await Promise.all(sends);
  assertEquals(it.initiator.holds, 0);
});

Deno.test("Channel.send() goes on when half a window was taken", async () => {
  await using it = await pair();
  const sends = Array.from({ length: 20 }, () => it.near.send(new Uint8Array(BLOCK)));
  for (let i = 0; i < 9; i++) await it.far.receive();
  await Promise.all(sends);
});

Deno.test("a stopped channel does not hold up another", async () => {
  await using it = await pair();
  const other = it.initiator.connection.newChannel();
  await it.near.send(other);
  const stopped = Array.from({ length: 40 }, () => it.near.send(new Uint8Array(BLOCK)));
  const there = await it.far.receive() as typeof other;
  for (let i = 0; i < 100; i++) {
    await other.send(i);
    assertEquals(await there.receive(), i);
  }
  const settled = Promise.allSettled(stopped);
  it.near.close();
  await settled;
});

for (const size of [65_536, INITIAL_WINDOW_BYTES, 5 * INITIAL_WINDOW_BYTES + 7]) {
  Deno.test(`Channel carries an item of ${size} bytes, each way`, async () => {
    await using it = await pair();
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 31);
    const text = "ä".repeat(size / 2);
    for (const [from, to] of [[it.near, it.far], [it.far, it.near]]) {
      const sent = Promise.all([from.send(bytes), from.send({ text, bytes }), from.send("end")]);
      const first = await to.receive();
      assert(first instanceof Uint8Array && first.every((byte, i) => byte === bytes[i]));
      const second = await to.receive() as { text: string; bytes: Uint8Array };
      assert(second.text === text && second.bytes.length === size);
      assertEquals(await to.receive(), "end");
      await sent;
    }
  });
}

Deno.test("an item larger than the window waits while a finished one stands before it", async () => {
  await using it = await pair();
  await it.near.send("first");
  let done = false;
  const large = it.near.send(new Uint8Array(3 * INITIAL_WINDOW_BYTES)).then(() => done = true);
  await quiet(it);
  assertEquals(done, false);
  assertEquals(await it.far.receive(), "first");
  const item = await it.far.receive() as Uint8Array;
  assertEquals(item.length, 3 * INITIAL_WINDOW_BYTES);
  await large;
});

Deno.test("Channel keeps the order of small and large items", async () => {
  await using it = await pair();
  const sizes = Array.from({ length: 60 }, (_, i) => i % 3 === 0 ? 100_000 : i % 7);
  const sent = Promise.all(sizes.map((size) => it.near.send("x".repeat(size))));
  const received: number[] = [];
  for (const _ of sizes) received.push((await it.far.receive() as string).length);
  assertEquals(received, sizes);
  await sent;
});

Deno.test("Channel.receive() rejects with TimeoutError and stays usable", async () => {
  await using it = await pair();
  await assertRejects(() => it.far.receive({ timeout: 1 }), TimeoutError, "within 1 ms");
  assertEquals(it.remote.holds, 0);
  await it.near.send("later");
  assertEquals(await it.far.receive({ timeout: 10_000 }), "later");
});

Deno.test("Channel.receive() gives up with the reason of its signal and loses no item", async () => {
  await using it = await pair();
  const controller = new AbortController();
  const wait = it.far.receive({ signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await assertRejects(() => wait), reason);
  assertEquals(
    await assertRejects(() => it.far.receive({ signal: controller.signal })),
    reason,
  );
  await it.near.send("kept");
  assertEquals(await it.far.receive(), "kept");
});

Deno.test("Channel.waitClose() gives up at its timeout or signal, and leaves the channel", async () => {
  await using it = await pair();
  await assertRejects(() => it.near.waitClose({ timeout: 1 }), TimeoutError);
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  assertEquals(await assertRejects(() => it.near.waitClose({ signal: aborted })), reason);
  assertEquals([it.near.closed, it.initiator.holds], [false, 0]);
});

Deno.test("Channel.send() takes an item back that has not begun to leave", async () => {
  await using it = await pair();
  const aborted = AbortSignal.abort(new Error("before"));
  await assertRejects(() => it.near.send(1, { signal: aborted }), Error, "before");

  const sends = Array.from({ length: 20 }, () => it.near.send(new Uint8Array(BLOCK)));
  const controller = new AbortController();
  const taken = it.near.send("taken back", { signal: controller.signal });
  const last = it.near.send("last");
  await quiet(it);
  controller.abort(new Error("during"));
  await assertRejects(() => taken, Error, "during");
  for (let i = 0; i < 20; i++) await it.far.receive();
  assertEquals(await it.far.receive(), "last");
  await Promise.all([...sends, last]);
});

Deno.test("taking an item back lets go what waits behind it and fits", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const channel = it.side.connection.newChannel();
  for (let i = 0; i < 255; i++) void channel.send(new Uint8Array(4083)); // 4095 with their heads
  void channel.send(new Uint8Array(3000));
  const controller = new AbortController();
  const blocked = channel.send(new Uint8Array(2000), { signal: controller.signal });
  const small = channel.send("small");
  for (let i = 0; i < 256; i++) await it.peer.next("item");
  controller.abort(new Error("enough"));
  await assertRejects(() => blocked, Error, "enough");
  await small;
});

Deno.test("Channel.send() refuses an item larger than the peer takes, and stays open", async () => {
  await using it = await pair({ maxItemBytes: 10_000 });
  await it.initiator.connection.hello;
  const error = await assertRejects(
    () => it.near.send(new Uint8Array(20_000)),
    SerializationError,
  );
  assertStringIncludes(error.message, "10000");
  await it.near.send("small");
  assertEquals(await it.far.receive(), "small");
});

Deno.test("Channel.send() of what cannot be sent fails alone", async () => {
  await using it = await pair();
  await assertRejects(
    () => it.near.send({ list: [() => {}] }),
    SerializationError,
    "cannot send item.list[0]: function",
  );
  await it.near.send("small");
  assertEquals(await it.far.receive(), "small");
});

for (const [over, what] of [[0, "takes a window to its last byte"], [1, "takes not a byte more"]]) {
  Deno.test(`Connection ${what}`, async () => {
    await using it = face("initiator");
    await it.peer.greet();
    const channel = it.side.connection.newChannel();
    const sizes: number[] = new Array(15).fill(MAX_FRAME_BYTES);
    const left = INITIAL_WINDOW_BYTES - 16 * HEADER_BYTES - 15 * MAX_FRAME_BYTES;
    const frames = [...sizes, left + Number(over)].map((size) => {
      const bin = Uint8Array.of(0xc5, (size - 3) >>> 8, size - 3, ...new Uint8Array(size - 3));
      return encodeFrame(FrameType.ITEM, channel.id, bin);
    });
    await it.peer.write(...frames);
    if (over === 1) {
      assertInstanceOf(await it.side.lost, ProtocolError);
      return;
    }
    for (const _ of frames) await channel.receive();
    assertEquals(it.side.connection.lost, undefined);
  });
}

Deno.test("a window doubles for who waits for credit, and is all that a stopped consumer holds", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const channel = it.side.connection.newChannel();
  const stopped = Promise.withResolvers<void>();
  let isStopped = false;
  channel.setCallback(() => isStopped ? stopped.promise : undefined);
  const item = new Uint8Array(MAX_FRAME_BYTES - HEADER_BYTES);
  item.set([0xc5, (item.length - 3) >>> 8, (item.length - 3) & 0xff]);
  const frame = encodeFrame(FrameType.ITEM, channel.id, item);
  let credit = INITIAL_WINDOW_BYTES;
  const useUp = async () => {
    for (; credit > 0; credit -= frame.length) await it.peer.write(frame);
  };
  await inTime(
    "the growth",
    (async () => {
      while (credit === INITIAL_WINDOW_BYTES) {
        await useUp();
        for (let half = 0; half < 2; half++) credit += (await it.peer.next("window"))?.credit ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 20)); // the link's round trip
      }
    })(),
  );
  assertEquals(credit, 2 * INITIAL_WINDOW_BYTES);
  isStopped = true;
  await useUp();
  assertEquals(it.side.connection.lost, undefined);
  await it.peer.write(frame);
  assertInstanceOf(await it.side.lost, ProtocolError);
  stopped.resolve();
});
