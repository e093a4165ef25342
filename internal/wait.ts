/**
 * Waits with a bound.
 *
 * @module
 */

import { clearTimer, setTimeout, type Timer } from "./timers.ts";
import { MILLISECONDS, type OptionRules, SIGNAL } from "./arguments.ts";

/** How long and under what signal to wait. */
export interface WaitOptions {
  /** Milliseconds to wait at most; default: without a bound. */
  timeout?: number;
  /** Gives up the wait when aborted, with the signal's reason. */
  signal?: AbortSignal;
}

/** The rules of {@linkcode WaitOptions}. */
export const WAIT_OPTIONS: OptionRules<WaitOptions> = { timeout: MILLISECONDS, signal: SIGNAL };

/** `setTimeout` takes a longer delay for none at all. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/**
 * Calls `fail` once at timeout or abort, unless the returned function is called before.
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
  const settle = () => {
    clearTimer(timer);
    signal?.removeEventListener("abort", abort);
  };
  const abort = () => {
    settle();
    fail(signal?.reason);
  };
  const timer = timeout === undefined || timeout > MAX_TIMER_MS ? undefined : setTimeout(() => {
    settle();
    fail(expired());
  }, Math.max(0, timeout));
  signal?.addEventListener("abort", abort);
  return settle;
}

/** `promise`, unless timeout or abort come first. */
export function bounded<T>(
  promise: Promise<T>,
  options: WaitOptions | undefined,
  expired: () => Error,
): Promise<T> {
  if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
  return new Promise((resolve, reject) => {
    const settle = watch(options, expired, reject);
    promise.then(resolve, reject).finally(settle);
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
