/**
 * Notices a peer that is silent: stopped, busy, or behind a dead link.
 *
 * @module
 */

import type { Connection } from "../../channel/mux/connection.ts";
import { clearTimer, setInterval } from "../../internal/timers.ts";

/** A tick that comes later than that, in intervals, was held up by this side. */
const LATE = 1.5;

/**
 * Asks the peer for a sign of life at each interval, and calls `silent` once where nothing at all
 * has come within a whole one: so silence is noticed after one to two intervals.
 *
 * @param seconds The interval.
 * @returns Stops it.
 */
export function startHeartbeat(
  connection: Connection,
  seconds: number,
  silent: () => void,
): () => void {
  const interval = seconds * 1_000;
  let heard = -1;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const onTime = now - last < interval * LATE;
    last = now;
    if (onTime && connection.heard === heard) {
      clearTimer(timer);
      return silent();
    }
    heard = connection.heard;
    connection.ping();
  }, interval);
  Deno.unrefTimer(timer);
  return () => clearTimer(timer);
}
