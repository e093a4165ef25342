import { assertEquals, assertThrows } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { ProtocolError } from "../../errors.ts";
import {
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
  MAX_WINDOW_BYTES,
} from "../../protocol/constants.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";
import { ReceiveWindow } from "./receive_window.ts";

const MIB = 1024 * 1024;

/** A peer that always has something to send, behind a link. */
class Link {
  readonly window: ReceiveWindow;
  time = 0;
  readonly #roundTripMs: number;
  readonly #msPerFrame: number;
  readonly #context = new FakeContext();
  /** What the peer may send, and from when on. */
  readonly #credit: { from: number; bytes: number }[] = [{ from: 0, bytes: INITIAL_WINDOW_BYTES }];

  constructor({ roundTripMs, mibPerSecond }: { roundTripMs: number; mibPerSecond: number }) {
    this.#roundTripMs = roundTripMs;
    this.#msPerFrame = MAX_FRAME_BYTES / MIB / mibPerSecond * 1_000;
    this.window = new ReceiveWindow(this.#context.binding, () => this.time);
  }

  /** Sends bytes to a consumer that takes them at once; returns the rate in MiB a second. */
  send(bytes: number): number {
    const start = this.time;
    for (let left = bytes; left > 0; left -= MAX_FRAME_BYTES) {
      this.#sendFrame();
      this.time += this.#msPerFrame;
      this.window.receive(MAX_FRAME_BYTES);
      this.window.consume(MAX_FRAME_BYTES);
      for (const { prefix = 0 } of this.#context.scheduler.frames.splice(0)) {
        this.#credit.push({ from: this.time + this.#roundTripMs, bytes: prefix });
      }
    }
    return bytes / MIB / (this.time - start) * 1_000;
  }

  #sendFrame(): void {
    const [first] = this.#credit;
    this.time = Math.max(this.time, first.from);
    first.bytes -= MAX_FRAME_BYTES;
    if (first.bytes <= 0) this.#credit.shift();
  }
}

for (const roundTripMs of [20, 50, 150]) {
  for (const mibPerSecond of [10, 40, 80]) {
    Deno.test(`ReceiveWindow fills a link of ${mibPerSecond} MiB/s and ${roundTripMs} ms`, () => {
      const link = new Link({ roundTripMs, mibPerSecond });
      link.send(100 * MIB);
      const reached = link.send(200 * MIB);
      assert(reached >= 0.8 * mibPerSecond, `${reached} MiB/s`);
      const enough = Math.max(MIB, 4 * MIB * mibPerSecond * roundTripMs / 1_000);
      assert(link.window.size <= enough, `${link.window.size} bytes`);
    });
  }
}

Deno.test("ReceiveWindow grows to 16 MiB at most", () => {
  const link = new Link({ roundTripMs: 500, mibPerSecond: 1_000 });
  link.send(500 * MIB);
  assertEquals(link.window.size, MAX_WINDOW_BYTES);
});

for (const mibPerSecond of [0.01, 1, 30, 200]) {
  Deno.test(`ReceiveWindow does not grow for ${mibPerSecond} MiB/s that arrive steadily`, () => {
    const link = new Link({ roundTripMs: 0.1, mibPerSecond });
    link.send(100 * MIB);
    assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
  });
}

for (const mibPerSecond of [300, 1_000, 10_000]) {
  Deno.test(`ReceiveWindow grows to a few MiB for ${mibPerSecond} MiB/s, so that credit is rare`, () => {
    const link = new Link({ roundTripMs: 0.1, mibPerSecond });
    link.send(100 * MIB);
    const expected = mibPerSecond === 300 ? 2 : 4;
    assertEquals(link.window.size, expected * MIB);
  });
}

Deno.test("ReceiveWindow does not grow for a consumer that stops now and then", () => {
  const link = new Link({ roundTripMs: 0.1, mibPerSecond: 1_000 });
  for (let pause = 0; pause < 100; pause++) {
    link.window.receive(MIB);
    link.time += 50;
    for (let bytes = 0; bytes < MIB; bytes += MAX_FRAME_BYTES) link.window.consume(MAX_FRAME_BYTES);
  }
  assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
});

Deno.test("ReceiveWindow does not grow for single pauses, nor for a peer that rests", () => {
  const link = new Link({ roundTripMs: 0.1, mibPerSecond: 200 });
  for (const pause of [50, 5_000, 5_000, 50, 5_000]) {
    link.send(3 * MIB);
    link.time += pause;
  }
  assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
});

Deno.test("ReceiveWindow sends credit for each half of a window, as one WINDOW frame", () => {
  const { binding, scheduler } = new FakeContext();
  const window = new ReceiveWindow(binding, () => 0);
  window.receive(MIB);
  window.consume(MIB / 2 - 1);
  assertEquals(scheduler.frames, []);
  assertEquals(window.allowance, 0);
  window.consume(1);
  assertEquals(window.allowance, MIB / 2);
  const [{ type, channel, payload, prefix }] = scheduler.frames;
  assertEquals([type, channel, payload.length, prefix], ["WINDOW", 1, 0, MIB / 2]);
});

Deno.test("ReceiveWindow refuses a byte more than it allows", () => {
  const window = new ReceiveWindow(new FakeContext().binding);
  window.receive(INITIAL_WINDOW_BYTES);
  assertThrows(() => window.receive(1), ProtocolError, "more on channel 1 than its window allows");
});

Deno.test("ReceiveWindow gives no credit after close()", () => {
  const { binding, scheduler } = new FakeContext();
  const window = new ReceiveWindow(binding);
  window.receive(MIB);
  window.close();
  window.consume(MIB);
  assertEquals([scheduler.frames, window.allowance], [[], 0]);
});
