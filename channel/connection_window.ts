/**
 * How much a peer may send ahead over all channels of a connection: what the unread items of all of
 * them may take here.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  FrameType,
  INITIAL_CONNECTION_WINDOW_BYTES,
  type Limits,
  MAX_FRAME_BYTES,
} from "../protocol/constants.ts";
import type { FrameSink } from "./frame_sink.ts";

/** A channel, as the window sees it. */
export interface WindowUser {
  readonly id: number;
  /** Whether somebody waits for its next item. */
  readonly isAwaited: boolean;
  /** Whether nothing of the peer waits on it, not even a part of an item. */
  readonly isEmpty: boolean;
  /** What the peer waits to send on it, while the window is used up; otherwise 0. */
  wanted: number;
}

/** Of the memory, the shares of what the peer may send ahead, and of what keeps channels going. */
const WINDOW_SHARE = 1 / 2;
const RESERVE_SHARE = 1 / 4;
/** Items that are kept decoded take at most as much. */
const DECODED_SHARE = 1 / 8;
/** Credit is given in steps of this share of the window, or of this when little of it is left. */
const STEP_SHARE = 1 / 8;
const LEAST_STEP_BYTES = 64 * 1024;

/**
 * Counts what was received and not taken yet, over all channels, and gives credit for the rest.
 *
 * While the window is used up, a channel that somebody reads still goes on: the peer says that it is
 * blocked, and gets a grant for that channel, out of a reserve. A single item that is larger than the
 * reserve may pass it. A peer may use a grant for another channel: so what passes is bounded, too.
 */
export class ConnectionWindow {
  readonly #size: number;
  readonly #reserve: number;
  readonly #mostPassed: number;
  readonly #mostDecoded: number;
  readonly #sink: Pick<FrameSink, "frame">;
  /** What the peer may still send. */
  #allowance = INITIAL_CONNECTION_WINDOW_BYTES;
  /** Below this much of it, something has to be done. */
  #low = 0;
  /** Received, and not taken. */
  #unread = 0;
  /** Taken, and not given back as credit. */
  #freed = 0;
  /** Granted out of the reserve, and not yet made up for. */
  #granted = 0;
  /** The same beyond the reserve. */
  #passed = 0;
  #decoded = 0;
  /** Channels that are read, and wait for the reserve. */
  readonly #starved = new Set<WindowUser>();
  /** The channel whose item may pass the reserve. */
  #passing: WindowUser | undefined;

  constructor(
    { memoryBytes, maxItemBytes }: Pick<Limits, "memoryBytes" | "maxItemBytes">,
    sink: Pick<FrameSink, "frame">,
  ) {
    this.#size = memoryBytes * WINDOW_SHARE;
    this.#reserve = memoryBytes * RESERVE_SHARE;
    this.#mostPassed = maxItemBytes + this.#reserve;
    this.#mostDecoded = memoryBytes * DECODED_SHARE;
    this.#sink = sink;
  }

  /** The bytes of items that were received and not taken. */
  get unread(): number {
    return this.#unread;
  }

  /** The bytes that the peer may still send. */
  get allowance(): number {
    return this.#allowance;
  }

  /** Tells the peer how large the window is. */
  open(): void {
    this.#freed = this.#size - INITIAL_CONNECTION_WINDOW_BYTES;
    if (this.#freed > 0) this.#giveCredit();
  }

  /**
   * Counts bytes that were received.
   *
   * @throws {ProtocolError} when the peer was not allowed to send as many.
   */
  receive(bytes: number): void {
    this.#allowance -= bytes;
    this.#unread += bytes;
    if (this.#allowance < this.#low) this.#runLow();
  }

  /** Counts bytes that were taken, or dropped. */
  free(bytes: number): void {
    this.#unread -= bytes;
    if (this.#granted + this.#passed > 0) bytes = this.#makeUp(bytes);
    this.#freed += bytes;
    const isShort = this.#allowance < this.#size / 2;
    if (this.#freed >= (isShort ? LEAST_STEP_BYTES : this.#size * STEP_SHARE)) this.#giveCredit();
  }

  /** Counts memory of an item that is kept decoded; returns whether it may be. */
  keepDecoded(bytes: number): boolean {
    if (this.#decoded + bytes > this.#mostDecoded) return false;
    this.#decoded += bytes;
    return true;
  }

  /** Counts memory that is free again. */
  freeDecoded(bytes: number): void {
    this.#decoded -= bytes;
  }

  /** Somebody waits for an item of a channel, maybe, on which the peer may be blocked. */
  awaited(user: WindowUser): void {
    if (user.wanted === 0) return;
    const room = this.#reserve - this.#granted;
    // What nobody waits for yet gets half of the reserve, so that small items arrive.
    const mayHave = user.isAwaited ||
      (user.isEmpty && user.wanted <= MAX_FRAME_BYTES && room > this.#reserve / 2);
    if (!mayHave) return;
    const { wanted } = user;
    const part = Math.min(wanted, this.#reserve);
    if (wanted <= room) {
      this.#granted += wanted;
      this.#grant(user, wanted);
    } else if (this.#mayPass(user, part)) {
      this.#passing = user;
      this.#passed += part;
      this.#grant(user, part);
    } else {
      this.#starved.add(user);
      if (this.#allowance > this.#reserve) this.#low = this.#reserve;
    }
  }

  /** Nobody waits any more for an item of one channel: others may have what it could have had. */
  resume(): void {
    const starved = [...this.#starved];
    this.#starved.clear();
    for (const user of starved) this.awaited(user);
  }

  /** Nothing is received on a channel any more. */
  forget(user: WindowUser): void {
    user.wanted = 0;
    this.#starved.delete(user);
    if (this.#passing !== user) return;
    this.#passing = undefined;
    this.resume();
  }

  /** Whether an item may pass the reserve: one at a time, once the peer has used what it was granted. */
  #mayPass(user: WindowUser, bytes: number): boolean {
    if (!user.isAwaited || this.#allowance > this.#reserve) return false;
    if (this.#passed + bytes > this.#mostPassed) return false;
    const passing = this.#passing;
    return this.#passed === 0 || passing === user || !passing?.isAwaited || passing.isEmpty;
  }

  #grant(user: WindowUser, bytes: number): void {
    user.wanted = 0; // the peer says so again if it is not enough
    this.#starved.delete(user);
    this.#allowance += bytes;
    this.#sink.frame(FrameType.GRANT, user.id, undefined, bytes);
  }

  /** Makes up for what was granted; returns the rest. */
  #makeUp(bytes: number): number {
    const granted = Math.min(this.#granted, bytes);
    const passed = Math.min(this.#passed, bytes - granted);
    this.#granted -= granted;
    this.#passed -= passed;
    if (this.#starved.size > 0) this.resume();
    return bytes - granted - passed;
  }

  #runLow(): void {
    if (this.#allowance < 0) {
      throw new ProtocolError("the peer sent more than the window of the connection allows");
    }
    this.#low = 0;
    this.resume();
  }

  #giveCredit(): void {
    const credit = this.#freed;
    this.#freed = 0;
    this.#allowance += credit;
    this.#sink.frame(FrameType.WINDOW, 0, undefined, credit);
  }
}
