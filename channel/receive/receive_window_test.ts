import { assertEquals } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import {
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
  MAX_WINDOW_BYTES,
} from "../../protocol/constants.ts";
import { ReceiveWindow } from "./receive_window.ts";

const MIB = 1024 * 1024;

/** A peer that always has something to send, behind a link. */
class Link {
  readonly window: ReceiveWindow;
  time = 0;
  readonly #roundTripMs: number;
  readonly #msPerFrame: number;
  /** What the peer may send, and from when on. */
  readonly #credit: { from: number; bytes: number }[] = [{ from: 0, bytes: INITIAL_WINDOW_BYTES }];

  constructor({ roundTripMs, mibPerSecond }: { roundTripMs: number; mibPerSecond: number }) {
    this.#roundTripMs = roundTripMs;
    this.#msPerFrame = MAX_FRAME_BYTES / MIB / mibPerSecond * 1_000;
    this.window = new ReceiveWindow(() => this.time);
  }

  /** Carries bytes to a consumer that takes them at once; gives the rate in MiB a second. */
  carry(bytes: number): number {
    const start = this.time;
    for (let left = bytes; left > 0; left -= MAX_FRAME_BYTES) {
      this.#send();
      this.time += this.#msPerFrame;
      this.window.arrive(MAX_FRAME_BYTES);
      const credit = this.window.take(MAX_FRAME_BYTES);
      if (credit > 0) this.#credit.push({ from: this.time + this.#roundTripMs, bytes: credit });
    }
    return bytes / MIB / (this.time - start) * 1_000;
  }

  #send(): void {
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
      link.carry(100 * MIB);
      const reached = link.carry(200 * MIB);
      assert(reached >= 0.8 * mibPerSecond, `${reached} MiB/s`);
      const enough = Math.max(MIB, 4 * MIB * mibPerSecond * roundTripMs / 1_000);
      assert(link.window.size <= enough, `${link.window.size} bytes`);
    });
  }
}

Deno.test("ReceiveWindow grows to 16 MiB at most", () => {
  const link = new Link({ roundTripMs: 500, mibPerSecond: 1_000 });
  link.carry(500 * MIB);
  assertEquals(link.window.size, MAX_WINDOW_BYTES);
});

for (const mibPerSecond of [0.01, 1, 30, 200]) {
  Deno.test(`ReceiveWindow does not grow for ${mibPerSecond} MiB/s that come steadily`, () => {
    const link = new Link({ roundTripMs: 0.1, mibPerSecond });
    link.carry(100 * MIB);
    assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
  });
}

for (const mibPerSecond of [300, 1_000, 10_000]) {
  Deno.test(`ReceiveWindow grows to a few MiB for ${mibPerSecond} MiB/s, so that credit is rare`, () => {
    const link = new Link({ roundTripMs: 0.1, mibPerSecond });
    link.carry(100 * MIB);
    const expected = mibPerSecond === 300 ? 2 : 4;
    assertEquals(link.window.size, expected * MIB);
  });
}

Deno.test("ReceiveWindow does not grow for a consumer that stops now and then", () => {
  const link = new Link({ roundTripMs: 0.1, mibPerSecond: 1_000 });
  for (let pause = 0; pause < 100; pause++) {
    for (let bytes = 0; bytes < MIB; bytes += MAX_FRAME_BYTES) link.window.arrive(MAX_FRAME_BYTES);
    link.time += 50;
    for (let bytes = 0; bytes < MIB; bytes += MAX_FRAME_BYTES) link.window.take(MAX_FRAME_BYTES);
  }
  assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
});

Deno.test("ReceiveWindow does not grow for single pauses, nor for a peer that rests", () => {
  const link = new Link({ roundTripMs: 0.1, mibPerSecond: 200 });
  for (const pause of [50, 5_000, 5_000, 50, 5_000]) {
    link.carry(3 * MIB);
    link.time += pause;
  }
  assertEquals(link.window.size, INITIAL_WINDOW_BYTES);
});
