/**
 * Waits for what Deno reports of forgotten promises.
 *
 * @module
 */

import type { setImmediate } from "node:timers";
import { isOlder } from "../internal/version.ts";

// Captured now: user code may replace them.
const { notify, waitAsync } = Atomics;

/** A wait for this ends with a task of V8: nothing has to be loaded for that, as for timers. */
const cell = new Int32Array(new SharedArrayBuffer(4));

let immediate: typeof setImmediate | undefined;

/** A large write to a socket that begins in an immediate never ends in Deno 2.7.12; in 2.9.6 it does. */
const WRITES_IN_IMMEDIATES = "2.9.0";

/** Waits by `setImmediate` from now on, which costs no turn of the event loop: it is loaded. */
export function useImmediate(of: typeof setImmediate): void {
  if (!isOlder(Deno.version.deno, WRITES_IN_IMMEDIATES)) immediate = of;
}

/**
 * Resolves when Deno has reported the promises that were rejected by now, and that nobody awaits. It
 * does so once in each turn of the event loop, before the immediates, and after the tasks of V8: so
 * after the second of these.
 */
export function rejectionsReported(): Promise<void> {
  const later = immediate;
  if (later !== undefined) return new Promise<void>((resolve) => later(resolve));
  return nextTask().then(nextTask);
}

async function nextTask(): Promise<void> {
  const waiting = waitAsync(cell, 0, 0).value;
  notify(cell, 0);
  await waiting;
}
