/**
 * Keeps the event loop turning while many short system calls are made in a row: a call that waits for
 * a thread takes five times as long.
 *
 * @module
 */

import { setImmediate } from "../../internal/timers.ts";

/** Milliseconds for which others wait at most. */
const TURN_MS = 8;

/** Lets others run from time to time. */
export class Pace {
  #since = performance.now();

  /** Resolves at once, or after a turn of the event loop if the last one was a while ago. */
  turn(): Promise<void> | undefined {
    if (performance.now() - this.#since < TURN_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#since = performance.now();
        resolve();
      })
    );
  }
}
