/**
 * Counts what a map has done, for `onProgress`.
 *
 * @module
 */

import { defined } from "../internal/defined.ts";
import type { Items } from "./function.ts";
import type { MapProgress } from "./options.ts";

/** The counts of one map. */
export class Progress {
  done = 0;
  failed = 0;
  readonly #begun = performance.now();
  readonly #total: number | undefined;
  #reported = 0;

  readonly #onProgress: ((progress: MapProgress) => void) | undefined;

  constructor(items: Items<unknown>, onProgress: ((progress: MapProgress) => void) | undefined) {
    this.#total = countOf(items);
    this.#onProgress = onProgress;
  }

  /**
   * Tells the counts, if an item was done or has failed since the last call.
   *
   * @param total The number of all items, once it is known for sure.
   */
  tell(running: number, total: number | undefined = this.#total): void {
    const { done, failed } = this;
    if (this.#onProgress === undefined || done + failed === this.#reported) return;
    this.#reported = done + failed;
    const perSecond = this.#reported / Math.max(performance.now() - this.#begun, 1) * 1_000;
    this.#onProgress({ done, failed, running, ...defined({ total }), perSecond });
  }
}

function countOf(items: Items<unknown>): number | undefined {
  if (Array.isArray(items)) return items.length;
  return items instanceof Set || items instanceof Map ? items.size : undefined;
}
