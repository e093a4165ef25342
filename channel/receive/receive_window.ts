/**
 * How far the peer may send ahead of the consumer of one channel.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { FrameType, INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES } from "../../protocol/constants.ts";
import type { Binding } from "../binding.ts";

/** The pace of the peer is measured in this many parts of a window. */
const PARTS = 16;
/** A shorter pause costs little: a window of 1 MiB in twice that time is 100 MiB a second. */
const MIN_PAUSE_MS = 5;
/** No link is as long: in a longer pause the peer had nothing to send. */
const MAX_PAUSE_MS = 1_000;
/** A pause of this share of a window's time, or more: the peer used 5/6 of the link, or less. */
const PAUSED = 1 / 5;
/** This many windows in a row have to ask for a larger one: a single one may be a busy machine. */
const WINDOWS_IN_A_ROW = 2;
/**
 * A window that is consumed within this time is short: credit is given so often that the rate
 * depends on it. Each frame of credit wakes the peer, which costs both sides as much as 64 KiB of
 * items do.
 */
const SHORT_WINDOW_MS = 4;
/** No window grows for being short beyond this: 1 GiB/s makes no more than 512 frames of credit. */
const MAX_SHORT_WINDOW_BYTES = 4 * INITIAL_WINDOW_BYTES;

/**
 * Counts what is received and consumed, and gives credit to the peer.
 *
 * On a long link, a peer that has used up its window waits for a round trip, so that what it sends
 * arrives in bursts. If that is so, and the consumer keeps up, the window doubles. It also doubles
 * if a quick consumer has emptied all of it in no time. Finding out costs neither a frame, nor a look
 * at the clock for each item.
 */
export class ReceiveWindow {
  readonly #binding: Binding;
  readonly #now: () => number;
  #size = INITIAL_WINDOW_BYTES;
  /** What the peer may still send. */
  #allowance = INITIAL_WINDOW_BYTES;
  /** Received, and not consumed. */
  #held = 0;
  /** Consumed, and not given back as credit. */
  #consumed = 0;
  /** Consumed since the last look at the clock, and when that was. */
  #part = 0;
  #partStart: number | undefined;
  /** Of the parts since the last decision: bytes, milliseconds, and the longest one. */
  #measured = 0;
  #time = 0;
  #longest = 0;
  #isBehind = false;
  #inARow = 0;
  #isClosed = false;

  /** @param now Returns the milliseconds of a clock; default: `performance.now`. */
  constructor(binding: Binding, now: () => number = () => performance.now()) {
    this.#binding = binding;
    this.#now = now;
  }

  /** The number of bytes that the peer may send ahead. */
  get size(): number {
    return this.#size;
  }

  /** The number of bytes that the peer may still send. */
  get allowance(): number {
    return this.#allowance;
  }

  /**
   * Counts bytes that were received.
   *
   * @throws {ProtocolError} when the peer was not allowed to send as many.
   */
  receive(bytes: number): void {
    this.#allowance -= bytes;
    if (this.#allowance < 0) {
      throw new ProtocolError(
        `the peer sent more on channel ${this.#binding.id} than its window allows`,
      );
    }
    this.#held += bytes;
    if (this.#held > this.#size / 2) this.#isBehind = true;
  }

  /** Counts bytes that the consumer has taken; sends credit for each half of a window. */
  consume(bytes: number): void {
    if (this.#isClosed) return;
    this.#held -= bytes;
    this.#consumed += bytes;
    this.#part += bytes;
    if (this.#part >= this.#size / PARTS || this.#partStart === undefined) this.#endPart();
    if (this.#consumed < this.#size / 2) return;
    const credit = this.#consumed + this.#growth();
    this.#consumed = 0;
    this.#allowance += credit;
    const { context, id } = this.#binding;
    context.scheduler.frame(FrameType.WINDOW, id, undefined, credit);
  }

  /** Gives no credit any more: the peer sends nothing, or nobody reads it. */
  close(): void {
    this.#isClosed = true;
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

  /** Decides by how many bytes the window grows now. */
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
