/** Measuring, for all contestants. */

export const MIB = 1024 * 1024;
export const INTEGERS = 300_000;
export const OBJECTS = 60_000;
export const SMALL = { id: 7, name: "resize", tags: ["a", "b"], ok: true, score: 1.5 };

/**
 * Returns the milliseconds that `work` takes. A function that it returns is run afterwards,
 * untimed.
 */
export async function timed(
  work: () => Promise<(() => Promise<unknown>) | void>,
): Promise<number> {
  const start = performance.now();
  const after = await work();
  const time = performance.now() - start;
  await after?.();
  return time;
}

/** Returns how often per second something happens that `work` does `count` times. */
export async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return count / (performance.now() - start) * 1_000;
}

/** Returns the median of several runs, one after the other. */
export async function rounds(count: number, work: () => Promise<number>): Promise<number> {
  const results: number[] = [];
  for (let i = 0; i < count; i++) results.push(await work());
  return median(results);
}

/** Returns the middle value, or NaN if there is none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
