/**
 * How many items a worker gets at once.
 *
 * @module
 */

/** How a worker is fed. */
export interface Pace {
  /** Items in one message. */
  readonly batch: number;
  /** Batches under way at a time. */
  readonly depth: number;
}

/** A measurement of the items that a worker had. */
export interface Seen {
  /** How many were answered. */
  readonly count: number;
  /** Milliseconds that the worker spent on them. */
  readonly workMs: number;
  /** Milliseconds from their sending to the answer; unknown if others were before them. */
  readonly tripMs?: number;
}

/** One item at a time, until it is known how long items take: the first may be slow. */
export const FIRST_PACE: Pace = { batch: 1, depth: 1 };

/** Work in one batch: long beside the 20 µs that a message costs, short for whoever waits for it. */
const BATCH_MS = 3;
const MAX_BATCH = 1024;
const MAX_DEPTH = 8;
/**
 * Idle time, as a share of a batch's, that does not justify a batch ahead: a batch ahead is lost with
 * its gateway, and waits behind slow items.
 */
const IDLE_SHARE = 0.1;
/** The same for batches of one item. */
const IDLE_SHARE_OF_ONE = 0.5;

/** Returns the pace after a measurement. A batch at most doubles, but shrinks at once. */
export function nextPace({ batch, depth }: Pace, { count, workMs, tripMs }: Seen): Pace {
  const fitting = Math.floor(BATCH_MS * count / Math.max(workMs, 0.001));
  const next = Math.max(1, Math.min(fitting, 2 * batch, MAX_BATCH));
  if (fitting < 1 && tripMs === undefined) return { batch: next, depth: 1 };
  if (tripMs === undefined) return { batch: next, depth };
  const batchMs = Math.max(workMs / count * next, 0.001);
  const idle = Math.max(0, tripMs - workMs) / batchMs -
    (next === 1 ? IDLE_SHARE_OF_ONE : IDLE_SHARE);
  return { batch: next, depth: Math.min(MAX_DEPTH, 1 + Math.max(0, Math.ceil(idle))) };
}
