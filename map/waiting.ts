/**
 * The items of a map that wait for a worker.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";
import type { Entry } from "./item_state.ts";

/** Items of one message take no more than this, unless it is a single one. */
const MESSAGE_BYTES = 256 * 1024;

/** Queues in the order of the source, also for items that come back from a worker. */
export class WaitingItems<Item> {
  /** Items from this index on are no longer wanted. */
  limit = Infinity;
  #queue = new Queue<Entry<Item>>();
  /** Items that were lost before: one of them may be what ends its gateway. */
  #suspects: Entry<Item>[] = [];

  /** Number of items that wait. */
  get size(): number {
    return this.#queue.size + this.#suspects.length;
  }

  /** Whether there are items that have to run alone. */
  get hasSuspects(): boolean {
    return this.#suspects.length > 0;
  }

  /** The index of the first item; undefined if none waits. */
  get first(): number | undefined {
    const first = this.#queue.peek()?.index;
    const suspect = this.#suspects[0]?.index;
    return first === undefined || suspect < first ? suspect : first;
  }

  /** Removes and returns all items. */
  drain(): Entry<Item>[] {
    return inOrder([...this.#suspects.splice(0), ...this.#queue.drain()]);
  }

  /** Adds the next item of the source. */
  add(entry: Entry<Item>): void {
    this.#queue.push(entry);
  }

  /** Puts items that a worker had back into their places. */
  putBack(entries: readonly Entry<Item>[], event: "return" | "retry"): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.go(event);
    const suspects = entries.filter(({ losses }) => losses > 0);
    if (suspects.length > 0) this.#suspects = inOrder([...this.#suspects, ...suspects]);
    if (suspects.length === entries.length) return;
    const others = entries.filter(({ losses }) => losses === 0);
    for (const entry of inOrder([...others, ...this.#queue.drain()])) this.#queue.push(entry);
  }

  /** Puts an item whose function threw back, unless that has happened more than `most` times. */
  tryAgain(entry: Entry<Item>, most: number): boolean {
    if (++entry.errors > most) return false;
    this.putBack([entry], "retry");
    return true;
  }

  /** Removes and returns an item that was lost before, for a gateway that does nothing else. */
  takeSuspect(): Entry<Item> | undefined {
    const suspect = this.#suspects.shift();
    return suspect === undefined || suspect.index < this.limit ? suspect : this.takeSuspect();
  }

  /**
   * Removes and returns the next items for one worker: some in a row, none that was lost before.
   *
   * @param after The last item of a worker that is busy, undefined if it is idle. A worker has its
   * items in their order: so it answers first what the reader waits for first.
   */
  take(count: number, after?: number): Entry<Item>[] {
    const entries: Entry<Item>[] = [];
    let last = after;
    let bytes = 0;
    for (let next = this.#queue.peek(); next !== undefined; next = this.#queue.peek()) {
      if (next.index >= this.limit) {
        this.#queue.shift();
        continue;
      }
      bytes += next.bytes;
      const follows = last === undefined || next.index > last;
      const isApart = entries.length > 0 &&
        (next.index !== Number(last) + 1 || bytes > MESSAGE_BYTES);
      if (entries.length >= count || !follows || isApart) break;
      this.#queue.shift();
      entries.push(next);
      last = next.index;
    }
    return entries;
  }
}

function inOrder<Item>(entries: Entry<Item>[]): Entry<Item>[] {
  return entries.sort((a, b) => a.index - b.index);
}
