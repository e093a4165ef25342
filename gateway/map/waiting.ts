/**
 * The items of a map that wait for a worker.
 *
 * @module
 */

import { Queue } from "../../internal/queue.ts";
import type { Entry } from "./item_state.ts";

/** A queue in the order of the source, also for what comes back. */
export class WaitingItems<Item> {
  /** Items from this index on are not wanted any more. */
  limit = Infinity;
  #queue = new Queue<Entry<Item>>();

  /** How many wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Takes all out. */
  drain(): Entry<Item>[] {
    return this.#queue.drain();
  }

  /** Adds the next of the source. */
  add(entry: Entry<Item>): void {
    this.#queue.push(entry);
  }

  /** Takes back what a worker had. */
  putBack(entries: readonly Entry<Item>[], event: "giveBack" | "loseAndRetry"): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.go(event);
    const all = [...entries, ...this.#queue.drain()].sort((a, b) => a.index - b.index);
    for (const entry of all) this.#queue.push(entry);
  }

  /**
   * The next few for one worker. What was lost before goes alone, to a worker that has nothing else:
   * so that what ends its gateway takes no other with it again.
   */
  take(count: number, isIdle: boolean): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    while (entries.length < count) {
      const next = this.#queue.peek();
      const isSuspect = next !== undefined && next.losses > 0;
      if (next === undefined || (isSuspect && (!isIdle || entries.length > 0))) break;
      this.#queue.shift();
      if (next.index >= this.limit) continue;
      entries.push(next);
      if (isSuspect) break;
    }
    return entries;
  }
}
