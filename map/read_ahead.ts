/**
 * How far a map runs ahead of its reader: in items, and in bytes.
 *
 * @module
 */

/** Lower bound of the read-ahead for each worker, in items. */
const MIN_ITEMS = 4;
/** Upper bound of it; in between, it is as many as have been done. */
const MAX_ITEMS = 2048;
/** What is held may take as many bytes, in all: results in front of the reader, and items. */
const MAX_BYTES = 16 * 1024 * 1024;
/** A smaller result counts only this much for the next ones. */
const MEMORY = 16;

/** A map, as far as it matters here. */
export interface Ahead {
  /** Number of items that were pulled from the source. */
  pulled: number;
  /** Number of outcomes that have left the queue. */
  consumed: number;
  /** Number of outcomes in the queue. */
  ready: number;
  /** About how many bytes these take. */
  bytes: number;
  workers: number;
  /** Whether the reader waits: then what is ready waits for an earlier item, which is slow. */
  isAwaited: boolean;
}

/** Bounds how far a map runs ahead. */
export class ReadAhead {
  /** What the next result is expected to take. */
  #resultBytes = 0;
  #itemBytes = 0;

  /** An item was pulled. */
  pulled(bytes: number): void {
    this.#itemBytes += bytes;
  }

  /** An item is needed no more. */
  released(bytes: number): void {
    this.#itemBytes -= bytes;
  }

  /** A result was received. */
  received(bytes: number): void {
    const change = bytes - this.#resultBytes;
    this.#resultBytes += change > 0 ? change : change / MEMORY;
  }

  /** Whether the items take all the bytes that they may. */
  get isItemsFull(): boolean {
    return this.#itemBytes >= MAX_BYTES;
  }

  /** Whether results of so many bytes are all that may wait for the reader. */
  isFull(bytes: number): boolean {
    return bytes >= MAX_BYTES;
  }

  /**
   * Returns how many of the wanted items are to be pulled. Each worker may have one, however large its
   * result is.
   */
  toPull(wanted: number, ahead: Ahead): { count: number; isHeldBack: boolean } {
    const { count, room } = this.#allowed(ahead);
    const isHeldBack = wanted > count;
    // Held back, it waits for some room: an item for each result would make batches of one. Large
    // items go one by one anyway.
    const isWorthIt = !isHeldBack || count >= room / 4 || room < MIN_ITEMS * ahead.workers;
    return { count: isWorthIt ? Math.min(wanted, count) : 0, isHeldBack };
  }

  /** @returns How many items may be pulled, and how many it would be if nothing was ahead. */
  #allowed(
    { pulled, consumed, ready, bytes, workers, isAwaited }: Ahead,
  ): { count: number; room: number } {
    const done = isAwaited ? consumed + ready : consumed;
    const items = Math.max(MIN_ITEMS * workers, Math.min(done, MAX_ITEMS * workers));
    const under = pulled - consumed - ready;
    const ahead = isAwaited ? under : under + ready;
    const each = Math.max(this.#resultBytes, 1);
    const maxBytes = Math.max(MAX_BYTES, each * workers);
    const fitting = Math.floor((maxBytes - bytes - under * each) / each);
    const fittingItems = this.isItemsFull ? workers - under : Infinity;
    return {
      count: Math.max(0, Math.min(items - ahead, fitting, fittingItems)),
      room: this.isItemsFull ? workers : Math.min(items, Math.floor(maxBytes / each)),
    };
  }
}
