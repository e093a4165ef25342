/**
 * How far the peer may send ahead of the consumer of one channel.
 *
 * @module
 */

import { INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES } from "../../protocol/constants.ts";

/** A window is timed in as many parts. */
const PARTS = 16;
/** A shorter pause costs little: a window of 1 MiB in twice that is 100 MiB a second. */
const MIN_PAUSE_MS = 5;
/** No link is as long: the peer has had nothing to send. */
const MAX_PAUSE_MS = 1_000;
/** A pause of this part of a window's time, or more: the peer used 5/6 of the link, or less. */
const PAUSED = 1 / 5;
/** As many windows in a row that ask for a larger one: a single one may be the machine's doing. */
const WINDOWS_IN_A_ROW = 2;
/**
 * A window that is taken within this is short: credit is given so often that it is what the rate
 * depends on. Each frame of it wakes the peer, which costs both as much as 64 KiB of data do.
 */
const SHORT_WINDOW_MS = 4;
/** No window grows for being short beyond this, where 1 GiB/s makes no more than 512 frames of credit. */
const MAX_SHORT_WINDOW_BYTES = 4 * INITIAL_WINDOW_BYTES;

/**
 * Counts what arrives and what is taken, and how much credit is to be given for it.
 *
 * On a long link, a peer that has used up its window waits for a round trip: what it sends comes in
 * bursts. Where that is so, and the consumer keeps up, the window doubles. So it does where a quick
 * consumer has taken all of it in no time. It costs nothing to find out: neither a frame, nor a look at
 * the clock for each item.
 */
export class ReceiveWindow {
  readonly #now: () => number;
  #size = INITIAL_WINDOW_BYTES;
  /** Arrived, and not taken. */
  #held = 0;
  /** Taken, and not given back. */
  #taken = 0;
  /** Taken since the last look at the clock, and when that was. */
  #part = 0;
  #partStart: number | undefined;
  /** Of the parts since the last decision: bytes, and milliseconds. */
  #measured = 0;
  #time = 0;
  #longest = 0;
  #isBehind = false;
  #inARow = 0;

  /** @param now Milliseconds of a clock; default: `performance.now`. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Bytes that the peer may send ahead. */
  get size(): number {
    return this.#size;
  }

  /** Takes note of bytes that have come. */
  arrive(bytes: number): void {
    this.#held += bytes;
    if (this.#held > this.#size / 2) this.#isBehind = true;
  }

  /** The consumer has taken bytes; gives how many more the peer may send for it: 0 for none yet. */
  take(bytes: number): number {
    this.#held -= bytes;
    this.#taken += bytes;
    this.#part += bytes;
    if (this.#part >= this.#size / PARTS || this.#partStart === undefined) this.#endPart();
    if (this.#taken < this.#size / 2) return 0;
    const credit = this.#taken + this.#growth();
    this.#taken = 0;
    return credit;
  }

  #endPart(): void {
    const now = this.#now();
    const time = now - (this.#partStart ?? now);
    this.#measured += this.#part;
    this.#time += time;
    if (time > this.#longest) this.#longest = time;
    this.#part = 0;
    this.#partStart = now;
  }

  /** Bytes by which the window grows now. */
  #growth(): number {
    if (this.#measured < this.#size || this.#size === MAX_WINDOW_BYTES) return 0;
    const isShort = this.#time < SHORT_WINDOW_MS && this.#size < MAX_SHORT_WINDOW_BYTES;
    const isPaused = this.#longest >= MIN_PAUSE_MS && this.#longest <= MAX_PAUSE_MS &&
      this.#longest >= PAUSED * this.#time && !this.#isBehind;
    this.#inARow = isShort || isPaused ? this.#inARow + 1 : 0;
    this.#measured = this.#time = this.#longest = 0;
    this.#isBehind = false;
    if (this.#inARow < WINDOWS_IN_A_ROW) return 0;
    this.#inARow = 0;
    const growth = this.#size;
    this.#size += growth;
    return growth;
  }
}
