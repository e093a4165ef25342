/**
 * Timers captured at load time, so that fake clocks in user code do not affect this package.
 *
 * @module
 */

const { apply, getOwnPropertyDescriptor } = Reflect;

/**
 * Returns a function that reads a property as it is now, whatever replaces it later. The property is
 * not read before: Deno loads some globals at their first read, and `setTimeout` or `Deno.kill` would
 * cost each start milliseconds.
 */
export function captured<Of extends object, Name extends keyof Of>(
  of: Of,
  name: Name,
): () => Of[Name] {
  const { get, value }: PropertyDescriptor = getOwnPropertyDescriptor(of, name) ?? {};
  return () => get === undefined ? value : apply(get, of, []);
}

/** What `setTimeout` and `setInterval` return. */
export type Timer = ReturnType<typeof globalThis.setTimeout>;

const timeout = captured(globalThis, "setTimeout");
const interval = captured(globalThis, "setInterval");
// The types of Deno 2.7 do not have it.
const immediate = captured(
  globalThis as unknown as { setImmediate(action: () => void): unknown },
  "setImmediate",
);
const clear = captured(globalThis, "clearTimeout");

/** The captured `setTimeout`. */
export function setTimeout(action: () => void, ms?: number): Timer {
  return timeout()(action, ms);
}

/** The captured `setInterval`. */
export function setInterval(action: () => void, ms: number): Timer {
  return interval()(action, ms);
}

/** The captured `setImmediate`. */
export function setImmediate(action: () => void): void {
  immediate()(action);
}

/** The captured `clearTimeout`, which stops timers of both kinds. */
export function clearTimer(timer: Timer | undefined): void {
  if (timer !== undefined) clear()(timer);
}

/** The captured `queueMicrotask`. */

export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
