/**
 * Collects garbage sooner than V8 would.
 *
 * @module
 */

/**
 * V8 by itself lets 64 MiB of dropped items gather, and new memory costs more than collecting does. Once
 * it has collected its old space, it does so again for each 8 MiB more: this has to be less, or bulk
 * transfer takes twice as long.
 */
const COLLECT_AFTER_BYTES = 4 * 1024 * 1024;

// From --expose-gc. Captured now: user code may replace it.
const { gc } = globalThis as unknown as { gc: (options: { type: "minor" }) => void };

let bytes = 0;

/** Counts bytes of items that were decoded; collects now and then. */
export function itemsDecoded(count: number): void {
  bytes += count;
  if (bytes < COLLECT_AFTER_BYTES) return;
  bytes = 0;
  gc({ type: "minor" });
}
