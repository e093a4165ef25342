/**
 * The exit status.
 *
 * @module
 */

/** What went wrong, as an exit status. */
export const STATUS = {
  failed: 1,
  usage: 2,
  unreachable: 3,
  lost: 4,
  timeout: 124,
  interrupted: 130,
} as const;

/** Those that count more than larger ones. */
const FIRST: readonly number[] = [STATUS.interrupted, STATUS.timeout];

/** Returns the one of several that says most: 130, then 124, then the largest; 0 if there are none. */
export function worst(statuses: Iterable<number>): number {
  const all = [...statuses];
  return FIRST.find((status) => all.includes(status)) ?? Math.max(0, ...all);
}
