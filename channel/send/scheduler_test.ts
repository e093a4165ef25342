import { assertEquals } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { ProtocolError } from "../../errors.ts";
import { setImmediate } from "../../internal/timers.ts";
import type { ByteStream } from "../../protocol/byte_stream.ts";
import { FrameType, HEADER_BYTES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { encodeFrame, type Frame, FrameDecoder } from "../../protocol/frames.ts";
import { Scheduler } from "./scheduler.ts";
import type { FrameSource } from "../frame_sink.ts";
import { Turn } from "./turn.ts";

/** A stream that keeps what is written; each write lasts until it is finished by hand. */
class HeldStream implements ByteStream {
  readonly writes: Uint8Array<ArrayBuffer>[] = [];
  /** Whether writes last. */
  holds = true;
  /** Says of the latest write that its bytes are needed no more. */
  written: (() => void) | undefined;
  #pending: PromiseWithResolvers<void> | undefined;
  #wrote = Promise.withResolvers<void>();

  start(): void {}

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    this.written = written;
    assertEquals(this.#pending, undefined, "a write begins while another is under way");
    this.writes.push(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    this.#wrote.resolve();
    this.#wrote = Promise.withResolvers();
    if (!this.holds) return;
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  closeWrite(): void {}

  /** Resolves when something is written next. */
  get wrote(): Promise<void> {
    return this.#wrote.promise;
  }

  finish(error?: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (error === undefined) pending?.resolve();
    else pending?.reject(error);
  }

  /** The frames of one write. */
  frames(write: number): Frame[] {
    const frames: Frame[] = [];
    new FrameDecoder().push(this.writes[write], (frame) => frames.push(frame) > 0);
    return frames;
  }
}

/** A channel with a number of frames to write. */
class Source implements FrameSource {
  constructor(
    readonly scheduler: Scheduler,
    readonly channel: number,
    public left: number,
    readonly bytes = MAX_FRAME_BYTES,
  ) {}

  writeFrame(): boolean {
    if (this.left === 0) return false;
    this.left--;
    this.scheduler.frame(FrameType.ITEM, this.channel, new Uint8Array(this.bytes));
    return true;
  }
}

function channelsOf(frames: Frame[]): number[] {
  return frames.map((frame) => "channel" in frame ? frame.channel : -1);
}

/** A scheduler over a held stream, and what it failed with. */
function setUp(): { stream: HeldStream; scheduler: Scheduler; errors: Error[] } {
  const errors: Error[] = [];
  const stream = new HeldStream();
  return { stream, errors, scheduler: new Scheduler(stream, (error) => errors.push(error)) };
}

Deno.test("Scheduler writes the small frames of one turn in one write, in order", async () => {
  const { stream, scheduler } = setUp();
  for (let channel = 1; channel <= 100; channel++) scheduler.frame(FrameType.END, channel);
  assertEquals(stream.writes.length, 0);
  await stream.wrote;
  assertEquals(stream.writes.length, 1);
  assertEquals(channelsOf(stream.frames(0)), Array.from({ length: 100 }, (_, i) => i + 1));
});

Deno.test("Scheduler gathers the frames of a loop of awaits in one write", async () => {
  const { stream, scheduler } = setUp();
  for (let channel = 1; channel <= 100; channel++) {
    scheduler.frame(FrameType.END, channel);
    await Promise.resolve();
  }
  await stream.wrote;
  assertEquals(stream.frames(0).length, 100);
});

Deno.test("Scheduler writes frames as encodeFrame() makes them, with and without a prefix", async () => {
  const { stream, scheduler } = setUp();
  const payloads = [0, 1, 32, 33, 4096, 4097, 65_000].map((size) =>
    new Uint8Array(size).fill(size)
  );
  for (const payload of payloads) {
    scheduler.frame(FrameType.CLOSE, 0xffff_fffe, payload);
    scheduler.frame(FrameType.ITEM_START, 3, payload, 0xffff_0001);
  }
  const expected = payloads.flatMap((payload) => [
    encodeFrame(FrameType.CLOSE, 0xffff_fffe, payload),
    encodeFrame(FrameType.ITEM_START, 3, Uint8Array.of(0xff, 0xff, 0, 1, ...payload)),
  ]);
  await stream.wrote;
  assertEquals(stream.writes[0], Uint8Array.from(expected.flatMap((frame) => [...frame])));
});

Deno.test("Scheduler writes raw bytes before frames that come after them", async () => {
  const { stream, scheduler } = setUp();
  scheduler.raw(Uint8Array.of(1, 2));
  scheduler.frame(FrameType.OPEN, 1);
  await stream.wrote;
  assertEquals(stream.writes[0], Uint8Array.of(1, 2, ...encodeFrame(FrameType.OPEN, 1)));
});

Deno.test("Scheduler tells when a frame has been written, not before", async () => {
  const { stream, scheduler } = setUp();
  const bytes = new Uint8Array(MAX_FRAME_BYTES).fill(7);
  let isWritten = false;
  scheduler.frame(FrameType.ITEM, 1, bytes, undefined, () => void (isWritten = true));
  await stream.wrote;
  assertEquals(stream.writes[0].length, HEADER_BYTES + MAX_FRAME_BYTES);
  assertEquals(isWritten, false);
  stream.written?.();
  assertEquals(isWritten, true);
});

Deno.test("Scheduler lets sources take turns, a frame each", async () => {
  const { stream, scheduler } = setUp();
  scheduler.request(new Source(scheduler, 1, 6, 40_000));
  scheduler.request(new Source(scheduler, 3, 2, 40_000));
  scheduler.request(new Source(scheduler, 5, 4, 40_000));
  const channels: number[] = [];
  while (channels.length < 12) {
    await stream.wrote;
    channels.push(...channelsOf(stream.frames(stream.writes.length - 1)));
    stream.finish();
  }
  assertEquals(channels, [1, 3, 5, 1, 3, 5, 1, 5, 1, 5, 1, 1]);
});

Deno.test("Scheduler gives a small source its turn within a batch of a large one", async () => {
  const { stream, scheduler } = setUp();
  const large = new Source(scheduler, 1, 1000);
  scheduler.request(large);
  await stream.wrote;
  scheduler.request(new Source(scheduler, 3, 1, 10));
  stream.finish();
  await stream.wrote;
  assert(channelsOf(stream.frames(1)).includes(3));
  assert(large.left > 990, "the rest waits for its turn");
});

Deno.test("Scheduler has one write under way, and gathers the next meanwhile", async () => {
  const { stream, scheduler } = setUp();
  scheduler.frame(FrameType.OPEN, 1);
  await stream.wrote;
  scheduler.frame(FrameType.OPEN, 3);
  await turns();
  scheduler.frame(FrameType.OPEN, 5);
  await turns();
  assertEquals([stream.writes.length, scheduler.isDrained], [1, false]);
  stream.finish();
  await stream.wrote;
  assertEquals(channelsOf(stream.frames(1)), [3, 5]);
});

/** Lets every microtask that is due run. */
async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

Deno.test("Scheduler asks a source for no more than a batch while a write is under way", async () => {
  const { stream, scheduler } = setUp();
  const source = new Source(scheduler, 1, 100);
  scheduler.request(source);
  await stream.wrote;
  await turns();
  const batch = 100 - source.left;
  assert(batch >= 1 && batch <= 3, `${batch} frames`);
  assertEquals(scheduler.idle, false);
});

Deno.test("Scheduler tells when all was handed over", async () => {
  const { stream, scheduler } = setUp();
  await scheduler.drained();
  scheduler.frame(FrameType.OPEN, 1);
  const wrote = stream.wrote;
  let isDrained = false;
  const drained = scheduler.drained().then(() => isDrained = true);
  await wrote;
  await turns();
  assertEquals(isDrained, false);
  stream.finish();
  await drained;
});

Deno.test("Scheduler is not drained while what a channel's turn gave is being written", async () => {
  const { stream, scheduler } = setUp();
  const wrote = stream.wrote;
  scheduler.request(new Source(scheduler, 1, 1));
  let isDrained = false;
  const drained = scheduler.drained().then(() => isDrained = true);
  await wrote;
  await turns();
  assertEquals(isDrained, false);
  stream.finish();
  await drained;
});

Deno.test("Scheduler writes on where a stream asks for no wait", async () => {
  const { stream, scheduler } = setUp();
  stream.holds = false;
  const source = new Source(scheduler, 1, 50);
  scheduler.request(source);
  await scheduler.drained();
  assertEquals(source.left, 0);
  const bytes = stream.writes.reduce((total, write) => total + write.length, 0);
  assertEquals(bytes, 50 * (HEADER_BYTES + MAX_FRAME_BYTES));
});

for (const kind of ["rejects", "throws"] as const) {
  Deno.test(`Scheduler stops for good when a write ${kind}, and tells it once`, async () => {
    const { stream, scheduler, errors } = setUp();
    const broken = new Error("broken pipe");
    if (kind === "throws") {
      stream.write = () => {
        throw broken;
      };
    }
    const source = new Source(scheduler, 1, 100);
    scheduler.request(source);
    const drained = scheduler.drained();
    if (kind === "rejects") {
      await stream.wrote;
      stream.finish(broken);
    }
    await drained;
    const left = source.left;
    scheduler.frame(FrameType.OPEN, 1);
    scheduler.request(source);
    await turns();
    assertEquals(errors, [broken]);
    assertEquals([source.left, scheduler.isDrained], [left, true]);
    assert(stream.writes.length <= 1);
  });
}

Deno.test("Scheduler writes nothing after stop()", async () => {
  const { stream, scheduler, errors } = setUp();
  scheduler.frame(FrameType.OPEN, 1);
  scheduler.request(new Source(scheduler, 1, 1));
  scheduler.stop();
  scheduler.frame(FrameType.OPEN, 3);
  await scheduler.drained();
  await turns();
  assertEquals([stream.writes.length, errors.length], [0, 0]);
});

Deno.test("Scheduler fails when answers pile up to a peer that does not read", async () => {
  const { stream, scheduler, errors } = setUp();
  scheduler.frame(FrameType.OPEN, 1);
  await stream.wrote;
  const answer = new Uint8Array(60_000);
  for (let i = 0; i < 300; i++) scheduler.frame(FrameType.STATUS, 1, answer);
  assertEquals(errors.length, 1);
  assert(errors[0] instanceof ProtocolError);
  stream.finish();
  await turns();
  assertEquals(stream.writes.length, 1);
});

/** A scheduler over a stream that takes each write at once; `ms` is the time of its turns. */
function setUpQuick() {
  const stream = new HeldStream();
  stream.holds = false;
  const clock = { ms: 0 };
  const turn = new Turn(() => clock.ms);
  const scheduler = new Scheduler(stream, () => {}, undefined, turn);
  const send = (channel: number) => {
    scheduler.frame(FrameType.ITEM, channel, new Uint8Array(1));
    return scheduler.accepted();
  };
  return { stream, clock, scheduler, send };
}

/** Lets the event loop turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("Scheduler.accepted() waits for the write of the first sends of a turn", async () => {
  const { stream, send } = setUpQuick();
  for (let i = 1; i <= 4; i++) {
    await send(i);
    assertEquals(stream.writes.length, i);
  }
});

Deno.test("Scheduler gathers the sends of a loop that awaits each, until the loop pauses", async () => {
  const { stream, scheduler, send } = setUpQuick();
  for (let i = 0; i < 100; i++) await send(i);
  assertEquals(stream.writes.length, 4);
  await turns();
  assertEquals([stream.writes.length, scheduler.isDrained], [5, true]);
  assertEquals(channelsOf(stream.frames(4)), Array.from({ length: 96 }, (_, i) => i + 4));
});

Deno.test("Scheduler gathers the sends of loops that wait for a few microtasks in between", async () => {
  const { stream, send } = setUpQuick();
  for (let i = 0; i < 50; i++) {
    for (let hop = 0; hop < 8; hop++) await undefined;
    await send(i);
  }
  await turns();
  assertEquals(stream.writes.length, 5);
});

Deno.test("a loop that sends without end lets the event loop turn after a millisecond of it", async () => {
  const { clock, send } = setUpQuick();
  let hasTurned = false;
  let sends = 0;
  let most = 0;
  for (let turn = 0; turn < 20; turn++) {
    setImmediate(() => hasTurned = true);
    for (sends = 0; !hasTurned; sends++) {
      assert(sends < 1_000, "the event loop never turns");
      clock.ms += 0.01;
      await send(1);
    }
    most = Math.max(most, sends);
    hasTurned = false;
  }
  // A millisecond of them, and those until the next look at the clock.
  assert(most >= 50 && most <= 100 + 64, `${most} sends without a turn`);
});

Deno.test("two connections share the turns of the event loop", async () => {
  const clock = { ms: 0 };
  const turn = new Turn(() => clock.ms);
  let hasTurned = false;
  let sends = 0;
  const loop = async () => {
    const scheduler = new Scheduler(new HeldStream(), () => {}, undefined, turn);
    while (!hasTurned) {
      assert(sends < 1_000, "the event loop never turns");
      sends++;
      clock.ms += 0.01;
      scheduler.frame(FrameType.ITEM, 1, new Uint8Array(1));
      await (turn.sends < 4 ? turn.count() : scheduler.accepted());
    }
  };
  setImmediate(() => hasTurned = true);
  await Promise.all([loop(), loop()]);
  assert(sends <= 100 + 64, `${sends} sends without a turn`);
});

Deno.test("Scheduler.flush() writes what was accepted", async () => {
  const { stream, scheduler, send } = setUpQuick();
  for (let i = 0; i < 6; i++) await send(i);
  scheduler.flush();
  assertEquals(stream.writes.flatMap((_, i) => channelsOf(stream.frames(i))), [0, 1, 2, 3, 4, 5]);
  await nextTurn();
  assertEquals(stream.writes.length, 5);
});
