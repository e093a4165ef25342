/**
 * How much this side may still send over all channels of a connection.
 *
 * @module
 */

import { INITIAL_CONNECTION_WINDOW_BYTES } from "../protocol/constants.ts";

/** A channel that waits for the connection's window. */
export interface CreditWaiter {
  /** There is credit again. */
  resume(): void;
}

/** The credit that all channels of a connection share. */
export class ConnectionCredit {
  #left: number;
  #waiting = new Set<CreditWaiter>();

  /** @param bytes The credit at first. */
  constructor(bytes: number = INITIAL_CONNECTION_WINDOW_BYTES) {
    this.#left = bytes;
  }

  /** The number of bytes that the peer still allows. */
  get left(): number {
    return this.#left;
  }

  /** Counts bytes that are sent. */
  take(bytes: number): void {
    this.#left -= bytes;
  }

  /** Adds bytes that the peer allows, and resumes all that wait. */
  add(bytes: number): void {
    this.#left += bytes;
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const waiter of waiting) waiter.resume();
  }

  /** Resumes `waiter` when there is credit again, unless it leaves before. */
  wait(waiter: CreditWaiter): void {
    this.#waiting.add(waiter);
  }

  /** It waits no more. */
  leave(waiter: CreditWaiter): void {
    this.#waiting.delete(waiter);
  }
}
