/**
 * Globals as they were when this was loaded, whatever user code makes of them later: tests put
 * clocks of their own there.
 *
 * @module
 */

const { apply, getOwnPropertyDescriptor } = Reflect;

/**
 * What a property holds now, to be had later. It is not read before: Deno loads some globals when
 * they are first read, and `setTimeout` or `Deno.kill` would take milliseconds of each start.
 */
export function taken<Of extends object, Name extends keyof Of>(
  of: Of,
  name: Name,
): () => Of[Name] {
  const { get, value }: PropertyDescriptor = getOwnPropertyDescriptor(of, name) ?? {};
  return () => get === undefined ? value : apply(get, of, []);
}

/** What `setTimeout` and `setInterval` return. */
export type Timer = ReturnType<typeof globalThis.setTimeout>;

const timeout = taken(globalThis, "setTimeout");
const interval = taken(globalThis, "setInterval");
const clear = taken(globalThis, "clearTimeout");

/** Deno's own; see {@linkcode taken}. */
export function setTimeout(action: () => void, ms?: number): Timer {
  return timeout()(action, ms);
}

/** Deno's own; see {@linkcode taken}. */
export function setInterval(action: () => void, ms: number): Timer {
  return interval()(action, ms);
}

/** Deno's own, for timers of both kinds; see {@linkcode taken}. */
export function clearTimer(timer: Timer | undefined): void {
  if (timer !== undefined) clear()(timer);
}

/** Deno's own, as it was when this was loaded. */
export const queueMicrotask: typeof globalThis.queueMicrotask = globalThis.queueMicrotask;
