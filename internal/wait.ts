/**
 * Waits with a bound.
 *
 * @module
 */

import { clearTimer, setTimeout, type Timer } from "./timers.ts";
import { MILLISECONDS, type OptionRules, SIGNAL } from "./arguments.ts";

/** Bounds of a wait. */
export interface WaitOptions {
  /** Milliseconds to wait at most; default: no limit. */
  timeout?: number;
  /** Ends the wait when aborted; it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The rules of {@linkcode WaitOptions}. */
export const WAIT_OPTIONS: OptionRules<WaitOptions> = { timeout: MILLISECONDS, signal: SIGNAL };

/** The longest delay of `setTimeout`, which fires at once for a longer one. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Calls `fail` once, at the timeout or abort, unless the returned function is called before.
 *
 * @param expired Makes the error of a timeout.
 */
export function watch(
  options: WaitOptions | undefined,
  expired: () => Error,
  fail: (error: unknown) => void,
): () => void {
  const { timeout, signal } = options ?? {};
  if (timeout === undefined && signal === undefined) return () => {};
  const stop = () => {
    clearTimer(timer);
    signal?.removeEventListener("abort", abort);
  };
  const abort = () => {
    stop();
    fail(signal?.reason);
  };
  const timer = timeout === undefined || timeout > MAX_TIMER_MS ? undefined : setTimeout(() => {
    stop();
    fail(expired());
  }, Math.max(0, timeout));
  signal?.addEventListener("abort", abort);
  return stop;
}

/** Returns `promise`, or rejects at the timeout or abort if that is earlier. */
export function bounded<T>(
  promise: Promise<T>,
  options: WaitOptions | undefined,
  expired: () => Error,
): Promise<T> {
  if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
  return new Promise((resolve, reject) => {
    const stop = watch(options, expired, reject);
    promise.then(resolve, reject).finally(stop);
  });
}

/** Resolves with the value of `promise`, or with `undefined` after `ms` milliseconds. */
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
