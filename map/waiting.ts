/**
 * The items of a map that wait for a worker.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";
import type { Entry } from "./item_state.ts";

/** A queue in the order of the source, also for items that come back from a worker. */
export class WaitingItems<Item> {
  /** Items from this index on are no longer wanted. */
  limit = Infinity;
  #queue = new Queue<Entry<Item>>();

  /** Number of items that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Removes and returns all items. */
  drain(): Entry<Item>[] {
    return this.#queue.drain();
  }

  /** Adds the next item of the source. */
  add(entry: Entry<Item>): void {
    this.#queue.push(entry);
  }

  /** Puts items that a worker had back into their places. */
  putBack(entries: readonly Entry<Item>[], event: "return" | "retry"): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.go(event);
    const all = [...entries, ...this.#queue.drain()].sort((a, b) => a.index - b.index);
    for (const entry of all) this.#queue.push(entry);
  }

  /**
   * Removes and returns the next items for one worker. An item that was lost before goes alone, to a
   * worker that is idle: if it is what ends its gateway, it takes no other item with it again.
   */
  take(count: number, worker: "idle" | "busy"): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    while (entries.length < count) {
      const next = this.#queue.peek();
      if (next === undefined) break;
      const isSuspect = next.losses > 0;
      if (isSuspect && (worker === "busy" || entries.length > 0)) break;
      this.#queue.shift();
      if (next.index >= this.limit) continue;
      entries.push(next);
      if (isSuspect) break;
    }
    return entries;
  }
}
