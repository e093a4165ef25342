/**
 * Collects garbage sooner than V8 would.
 *
 * @module
 */

import { setTimeout, type Timer } from "../internal/timers.ts";

/**
 * V8 by itself lets 64 MiB of dropped items gather, and new memory costs more than collecting does. Once
 * it has collected its old space, it does so again for each 8 MiB more: this has to be less, or bulk
 * transfer takes twice as long.
 */
const COLLECT_AFTER_BYTES = 4 * 1024 * 1024;

// From --expose-gc. Captured now: user code may replace it.
const { gc } = globalThis as unknown as { gc: (options: { type: "minor" | "major" }) => void };
const now = performance.now.bind(performance);

/** Executions that end within this time are collected after together. */
const SOON_MS = 50;
/** Collecting all takes longer the more there is: no more than this share of the time is spent on it. */
const SHARE = 0.01;

let bytes = 0;
let timer: Timer | undefined;
let restMs = SOON_MS;

/** Collects garbage sooner than V8 would. */
export interface Collector {
  /** Counts bytes of items that were decoded; collects now and then. */
  itemsDecoded(count: number): void;
  /** Collects all garbage soon. V8 by itself does so as memory grows, which it does not in an idle process. */
  collectSoon(): void;
}

/** The collector of this process. */
export const collector: Collector = {
  itemsDecoded(count) {
    bytes += count;
    if (bytes < COLLECT_AFTER_BYTES) return;
    bytes = 0;
    gc({ type: "minor" });
  },

  collectSoon() {
    timer ??= setTimeout(() => {
      timer = undefined;
      const start = now();
      gc({ type: "major" });
      restMs = Math.max(SOON_MS, (now() - start) / SHARE);
    }, restMs);
  },
};
