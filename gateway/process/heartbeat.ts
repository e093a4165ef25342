/**
 * Detects a peer that is silent: stopped, busy, or behind a dead link.
 *
 * @module
 */

import type { Connection } from "../../channel/mux/connection.ts";
import { clearTimer, setInterval } from "../../internal/timers.ts";

/** A tick that is later than this many intervals after the last was delayed by this side. */
const LATE = 1.5;

/**
 * Pings the peer at each interval, and calls `silent` once if nothing at all was received within a
 * whole one: silence is detected after one to two intervals.
 *
 * @param seconds The interval.
 * @returns A function that stops the heartbeat.
 */
export function startHeartbeat(
  connection: Pick<Connection, "heard" | "ping">,
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
