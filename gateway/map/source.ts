/**
 * The items of a map, taken one by one as they are wanted.
 *
 * @module
 */

import { described } from "../../internal/arguments.ts";
import type { Items } from "../map_options.ts";

/** @throws {TypeError} when `items` is not iterable. */
export function checkItems(items: unknown): void {
  const isIterable = typeof items === "string" ||
    (typeof items === "object" && items !== null &&
      (Symbol.iterator in items || Symbol.asyncIterator in items));
  if (isIterable) return;
  throw new TypeError(`map takes an iterable of items, such as an array, not ${described(items)}`);
}

/** An iterator that is asked for one item at a time, and for none that is not wanted. */
export class Source<Item> {
  readonly #iterator: Iterator<Item> | AsyncIterator<Item>;
  readonly #isAsync: boolean;
  readonly #take: (item: Item) => void;
  readonly #changed: () => void;
  #wanted = 0;
  #asking = false;
  #done = false;
  #failure: { error: unknown } | undefined;

  /**
   * @param take Gets each item.
   * @param changed Called after an item, the end or an error that was waited for.
   */
  constructor(items: Items<Item>, take: (item: Item) => void, changed: () => void) {
    this.#isAsync = typeof items === "object" && Symbol.asyncIterator in items;
    this.#iterator = this.#isAsync
      ? (items as AsyncIterable<Item>)[Symbol.asyncIterator]()
      : (items as Iterable<Item>)[Symbol.iterator]();
    this.#take = take;
    this.#changed = changed;
  }

  /** Whether nothing more will come. */
  get done(): boolean {
    return this.#done;
  }

  /** What it threw, where it did. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Wants `count` items from now on. Those that need no waiting are taken at once. */
  want(count: number): void {
    this.#wanted = count;
    while (this.#wanted > 0 && !this.#done && !this.#asking) this.#ask();
  }

  /** Ends the iterator; its `finally` runs. It is not waited for where it still waits itself. */
  async close(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    const end = Promise.resolve(this.#iterator.return?.());
    if (this.#asking) end.catch(() => {}); // it gets to it when what it waits for has come
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
    this.#asking = true;
    Promise.resolve(result).then((result) => {
      this.#asking = false;
      this.#accept(result);
    }, (error) => {
      this.#asking = false;
      this.#fail(error);
    }).then(this.#changed);
  }

  #accept({ done, value }: IteratorResult<Item>): void {
    if (this.#done) return;
    if (done) {
      this.#done = true;
      return;
    }
    this.#wanted--;
    this.#take(value);
  }

  #fail(error: unknown): void {
    if (this.#done) return;
    this.#done = true;
    this.#failure = { error };
  }
}
