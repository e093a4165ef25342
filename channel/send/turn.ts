/**
 * How long code that sends may go on before the event loop turns.
 *
 * @module
 */

import { setImmediate } from "../../internal/timers.ts";

/** A loop that sends without end lets timers and I/O wait for this long, at most. */
const TURN_MS = 1;
/** Reading the clock takes as long as sending a number, so this many sends go without. */
const MOST_WITHOUT_LOOK = 32;

/**
 * Counts sends, and ends the turn of the event loop when they have taken {@linkcode TURN_MS}. Sends
 * that resolve at once leave no time to timers and I/O otherwise.
 */
export class Turn {
  readonly #now: () => number;
  #start = 0;
  #sends = 0;
  /** Sends that are still without a look at the clock. */
  #left = 0;
  #end: Promise<void> | undefined;

  /** @param now Returns the milliseconds of a clock; default: `performance.now`. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The number of sends in this turn. */
  get sends(): number {
    return this.#sends;
  }

  /**
   * Counts a send. Returns a promise if the turn has lasted long enough: it resolves in the next one.
   *
   * @param weight How many small sends take as long; default 1.
   */
  count(weight = 1): Promise<void> | undefined {
    if (this.#end !== undefined) return this.#end;
    this.#sends++;
    this.#left -= weight;
    if (this.#left >= 0) return undefined;
    const now = this.#now();
    if (this.#sends === 1) this.#start = now;
    // Few at first: an item may take the user's code long to make.
    this.#left = Math.min(this.#sends, MOST_WITHOUT_LOOK) - 1;
    return now - this.#start < TURN_MS ? undefined : this.#finish();
  }

  /** Begins anew: the event loop has turned. */
  restart(): void {
    this.#sends = this.#left = 0;
  }

  #finish(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Set before: the first `setImmediate` of a process runs microtasks, and these may send.
    this.#end = promise;
    setImmediate(() => {
      this.#end = undefined;
      this.restart();
      resolve();
    });
    return promise;
  }
}

/** The turn of this process, as its connections share the event loop. */
export const TURN: Turn = new Turn();
