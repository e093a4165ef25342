/**
 * The source of a map: an iterator that is asked for items one by one, as they are wanted.
 *
 * @module
 */

import { described } from "../internal/arguments.ts";
import type { Items } from "./function.ts";

/** @throws {TypeError} if `items` is not iterable. */
export function checkItems(items: unknown): void {
  const isIterable = typeof items === "string" ||
    (typeof items === "object" && items !== null &&
      (Symbol.iterator in items || Symbol.asyncIterator in items));
  if (isIterable) return;
  throw new TypeError(`map takes an iterable of items, such as an array, not ${described(items)}`);
}

/** Pulls one item at a time from an iterator, and none that is not wanted. */
export class Source<Item> {
  readonly #iterator: Iterator<Item> | AsyncIterator<Item>;
  readonly #isAsync: boolean;
  readonly #onItem: (item: Item) => void;
  readonly #onChange: () => void;
  #wanted = 0;
  #isAsking = false;
  #isDone = false;
  #failure: { error: unknown } | undefined;

  /**
   * @param onItem Called with each item.
   * @param onChange Called after an item, the end or an error that was waited for.
   */
  constructor(items: Items<Item>, onItem: (item: Item) => void, onChange: () => void) {
    this.#isAsync = typeof items === "object" && Symbol.asyncIterator in items;
    this.#iterator = this.#isAsync
      ? (items as AsyncIterable<Item>)[Symbol.asyncIterator]()
      : (items as Iterable<Item>)[Symbol.iterator]();
    this.#onItem = onItem;
    this.#onChange = onChange;
  }

  /** Whether there will be no more items. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** What the iterator threw, if it did. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Wants `count` items from now on. A synchronous iterator gives them before this returns. */
  want(count: number): void {
    this.#wanted = count;
    while (this.#wanted > 0 && !this.#isDone && !this.#isAsking) this.#ask();
  }

  /** Ends the iterator, so that its `finally` runs; does not wait for one that itself waits. */
  async close(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const end = Promise.resolve(this.#iterator.return?.());
    if (this.#isAsking) end.catch(() => {}); // it ends after what it waits for
    else await end;
  }

  #ask(): void {
    let result: IteratorResult<Item> | Promise<IteratorResult<Item>>;
    try {
      result = this.#iterator.next();
    } catch (error) {
      return this.#fail(error);
    }
    if (!this.#isAsync) return this.#accept(result as IteratorResult<Item>);
    this.#isAsking = true;
    Promise.resolve(result).then((result) => {
      this.#isAsking = false;
      this.#accept(result);
    }, (error) => {
      this.#isAsking = false;
      this.#fail(error);
    }).then(this.#onChange);
  }

  #accept({ done, value }: IteratorResult<Item>): void {
    if (this.#isDone) return;
    if (done) {
      this.#isDone = true;
      return;
    }
    this.#wanted--;
    this.#onItem(value);
  }

  #fail(error: unknown): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#failure = { error };
  }
}
