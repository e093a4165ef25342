/**
 * Waits that end.
 *
 * @module
 */

import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";

/** What `promise` gives, if that is within `ms`; else nothing. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: Timer | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimer(timer);
  }
}
