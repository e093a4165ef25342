import {
  assertEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { concat } from "@std/bytes/concat";
import { assert } from "../../tests/support/assert.ts";
import { ProtocolError } from "../../errors.ts";
import { HEADER_BYTES, INITIAL_WINDOW_BYTES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";
import { SendQueue } from "./send_queue.ts";

const MIB = 1024 * 1024;
const NO_ERROR = new Uint8Array();
const closed = () => new RangeError("closed");

/** A queue of channel 1, and the frames that it writes. */
function setUp({ isHeld = false } = {}) {
  const { binding, scheduler } = new FakeContext();
  scheduler.isHeld = isHeld;
  return { queue: new SendQueue(binding), scheduler };
}

/** A chunk whose bytes tell where they belong. */
function chunk(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i * 7) % 251);
}

Deno.test("SendQueue.sendNow() writes a small item at once, under the window", () => {
  const { queue, scheduler } = setUp();
  assertEquals(queue.sendNow(chunk(10)), true);
  assertEquals(scheduler.frames[0].type, "ITEM");
  assertEquals(scheduler.frames[0].payload, chunk(10));
  assertEquals(queue.credit, INITIAL_WINDOW_BYTES - HEADER_BYTES - 10);
});

Deno.test("SendQueue.sendNow() refuses what has to wait", () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  assertEquals(queue.sendNow(chunk(4 * 1024 + 1)), false);
  scheduler.idle = false;
  assertEquals(queue.sendNow(chunk(1)), false);
  scheduler.idle = true;
  queue.send([chunk(1)], () => {});
  assertEquals(queue.sendNow(chunk(1)), false, "an item waits before it");
  assertEquals(scheduler.frames, []);
});

Deno.test("SendQueue.sendNow() refuses what the window has no room for", () => {
  const { queue } = setUp();
  const count = Math.floor(INITIAL_WINDOW_BYTES / (4096 + HEADER_BYTES));
  for (let i = 0; i < count; i++) assertEquals(queue.sendNow(new Uint8Array(4096)), true);
  assertEquals(queue.sendNow(new Uint8Array(4096)), false);
  queue.addCredit(4096 + HEADER_BYTES);
  assertEquals(queue.sendNow(new Uint8Array(4096)), true);
});

Deno.test("SendQueue.sendCopy() sends small items in order, each in a frame, and resolves for all", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const bytes = chunk(3);
  const first = queue.sendCopy(bytes);
  bytes.fill(0);
  const second = queue.sendCopy(chunk(4_000));
  assertStrictEquals(second, first, "one promise");
  let isSent = false;
  first.then(() => isSent = true);
  await Promise.resolve();
  assertEquals([isSent, scheduler.frames.length], [false, 0]);
  scheduler.run();
  await first;
  assertEquals(scheduler.frames.map(({ type, payload }) => [type, payload]), [
    ["ITEM", chunk(3)],
    ["ITEM", chunk(4_000)],
  ]);
  assertEquals(queue.credit, INITIAL_WINDOW_BYTES - 2 * HEADER_BYTES - 4_003);
});

Deno.test("SendQueue.sendCopy() keeps the order among large items, and begins a block behind each", () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const first = queue.sendCopy(chunk(1));
  queue.send([chunk(5_000)], () => {});
  assertNotStrictEquals(queue.sendCopy(chunk(2)), first);
  queue.end();
  queue.sendCopy(chunk(3));
  scheduler.run();
  assertEquals(scheduler.frames.map(({ payload }) => payload.length), [1, 5_000, 2, 0, 3]);
});

for (const [size, count] of [[1, 256], [40, 102], [4_096, 1]] as const) {
  Deno.test(`SendQueue lets others have their turn after ${count} small items of ${size} bytes`, () => {
    const { queue, scheduler } = setUp({ isHeld: true });
    for (let i = 0; i < 2 * count; i++) queue.sendCopy(chunk(size, i));
    assertEquals(queue.writeFrame(), true);
    assertEquals(scheduler.frames.map(({ payload }) => payload), items(size, count));
    assertEquals(queue.writeFrame(), true);
    assertEquals(scheduler.frames.map(({ payload }) => payload), items(size, 2 * count));
    assertEquals(queue.writeFrame(), false);
  });
}

function items(size: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => chunk(size, i));
}

Deno.test("SendQueue stops within a block where the window ends, and goes on there", async () => {
  const { queue, scheduler } = setUp();
  while (queue.sendNow(new Uint8Array(4_087)));
  const before = scheduler.frames.length;
  const sent = queue.sendCopy(chunk(4_000));
  queue.sendCopy(chunk(50));
  queue.addCredit(4_000 + HEADER_BYTES - queue.credit);
  assertEquals(scheduler.frames.length, before + 1);
  queue.sendCopy(chunk(20));
  queue.addCredit(200);
  await sent;
  assertEquals(scheduler.frames.slice(before).map(({ payload }) => payload), [
    chunk(4_000),
    chunk(50),
    chunk(20),
  ]);
});

Deno.test("SendQueue.abandon() fails what waits in a block", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const sent = queue.sendCopy(chunk(1));
  queue.closeNow(NO_ERROR, closed);
  await assertRejects(() => sent, RangeError, "closed");
  scheduler.run();
  assertEquals(scheduler.takeTypes(), ["CLOSE"]);
});

Deno.test("SendQueue.send() cuts a large item into frames, and its chunks where they end", async () => {
  const { queue, scheduler } = setUp();
  const chunks = [chunk(9), chunk(100_000, 3), chunk(5)];
  await queue.send(chunks, () => {});
  const { frames } = scheduler;
  assertEquals(frames.map(({ payload }) => payload.length), [
    9,
    MAX_FRAME_BYTES,
    100_000 - MAX_FRAME_BYTES,
    5,
  ]);
  assertEquals(frames.map(({ type }) => type), ["ITEM_START", ...Array(3).fill("ITEM_PART")]);
  assertEquals(frames[0].prefix, 100_014);
  assertEquals(concat(frames.map(({ payload }) => payload)), concat(chunks));
  const cost = 4 * HEADER_BYTES + 4 + 100_014;
  assertEquals(queue.credit, INITIAL_WINDOW_BYTES - cost);
});

Deno.test("SendQueue.send() passes on what reports that an item was written, with its last frame", async () => {
  const { queue, scheduler } = setUp();
  let isWritten = false;
  await queue.send([chunk(1_000), chunk(7)], () => void (isWritten = true));
  assertEquals(scheduler.frames.map(({ written }) => written !== undefined), [false, true]);
  scheduler.frames[1].written?.();
  assertEquals(isWritten, true);
});

Deno.test("SendQueue begins no frame that the window has no room for, nor one of a few bytes", async () => {
  const { queue, scheduler } = setUp();
  const sent = queue.send([chunk(9), chunk(2 * MIB), chunk(9)], () => {});
  const size = () => scheduler.frames.reduce((sum, { payload }) => sum + payload.length + 9, 4);
  assert(size() <= INITIAL_WINDOW_BYTES && queue.credit >= 0);
  queue.addCredit(1000); // too little for a part
  const before = size();
  assert(INITIAL_WINDOW_BYTES + 1000 - before < 4 * 1024 + MAX_FRAME_BYTES);
  queue.addCredit(2 * MIB);
  await sent;
  const sizes = scheduler.frames.map(({ payload }) => payload.length);
  assertEquals([sizes[0], sizes.at(-1)], [9, 9]);
  assert(sizes.slice(1, -1).every((length) => length >= 4 * 1024 || length === sizes.at(-2)));
});

Deno.test("SendQueue keeps items, END and CLOSE in order", () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  queue.send([chunk(1)], () => {});
  queue.send([chunk(2)], () => {});
  queue.end();
  queue.closeAfterItems(Uint8Array.of(7));
  scheduler.run();
  assertEquals(scheduler.frames.map(({ type, payload }) => [type, payload.length]), [
    ["ITEM", 1],
    ["ITEM", 2],
    ["END", 0],
    ["CLOSE", 1],
  ]);
});

Deno.test("SendQueue.closeNow() fails what waits", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const sent = queue.send([chunk(1)], () => {});
  queue.closeNow(NO_ERROR, closed);
  await assertRejects(() => sent, RangeError, "closed");
  scheduler.run();
  assertEquals(scheduler.takeTypes(), ["CLOSE"]);
});

Deno.test("SendQueue.hurryClose() sends a close that waits behind items, without them", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const sent = queue.send([chunk(1)], () => {});
  queue.closeAfterItems(Uint8Array.of(7));
  queue.hurryClose(closed);
  await assertRejects(() => sent, RangeError, "closed");
  queue.hurryClose(closed); // there is none any more
  scheduler.run();
  assertEquals(scheduler.frames.map(({ type, payload }) => [type, payload]), [
    ["CLOSE", Uint8Array.of(7)],
  ]);
});

Deno.test("SendQueue.flushed() resolves when all before it was written, or given up", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  await queue.flushed();
  queue.send([chunk(1)], () => {});
  let isFlushed = false;
  const flushed = queue.flushed().then(() => isFlushed = true);
  await Promise.resolve();
  assertEquals(isFlushed, false);
  scheduler.run();
  await flushed;
  queue.send([chunk(1)], () => {}).catch(() => {});
  const givenUp = queue.flushed();
  queue.abandon(closed);
  await givenUp;
});

Deno.test("SendQueue.send() takes an item back when aborted; one that has begun to leave is dropped", async () => {
  const { queue, scheduler } = setUp({ isHeld: true });
  const [first, second] = [new AbortController(), new AbortController()];
  const begun = queue.send([chunk(2 * MIB)], () => {}, first.signal);
  const waiting = queue.send([chunk(1)], () => {}, second.signal);
  scheduler.run();
  const { length } = scheduler.frames;
  for (const abort of [first, second]) abort.abort("enough");
  assertEquals(await begun.catch((reason) => reason), "enough");
  assertEquals(await waiting.catch((reason) => reason), "enough");
  queue.addCredit(4 * MIB);
  scheduler.run();
  assertEquals(scheduler.frames.slice(length).map(({ type }) => type), ["DROP"]);
});

Deno.test("SendQueue.addCredit() refuses a window of over 4 GiB", () => {
  const { queue } = setUp();
  queue.addCredit(0xffff_ffff - INITIAL_WINDOW_BYTES);
  assertThrows(() => queue.addCredit(1), ProtocolError, "channel 1 a window of over 4 GiB");
});
