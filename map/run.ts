/**
 * One run of a map: items go from the source to the pool, and their results to the consumer.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";
import type { Items, MapOptions } from "./options.ts";
import { Entry } from "./item_state.ts";
import { type MapGroup, WorkerPool } from "./pool.ts";
import { OrderedResults, type Results, UnorderedResults } from "./results.ts";
import { Source } from "./source.ts";

/** What the consumer gets next. */
type Step<Result> = { value: Result } | { error: unknown } | "done";

/** Lower bound of the read-ahead for each worker. */
const MIN_AHEAD = 4;
/** Upper bound of the read-ahead for each worker; in between, it is what the consumer has received. */
const MAX_AHEAD = 2048;

/** An iteration over the results of a map. */
export class MapRun<Item, Result> implements AsyncIterableIterator<Result, undefined> {
  readonly #options: MapOptions<Item, never>;
  readonly #isOrdered: boolean;
  readonly #source: Source<Item>;
  readonly #pool: WorkerPool<Item>;
  readonly #results: Results<Result>;
  readonly #consumers = new Queue<(step: Step<Result>) => void>();
  readonly #abort = () => this.#fail(this.#options.signal?.reason);
  #hasBegun = false;
  #isFilling = false;
  /** Number of items that were pulled from the source. */
  #pulled = 0;
  /** Whether workers are free, and the read-ahead alone keeps items from them. */
  #isHeldBack = false;
  #failure: { error: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(group: MapGroup, items: Items<Item>, options: MapOptions<Item, never>) {
    this.#options = options;
    this.#isOrdered = options.ordered ?? true;
    this.#results = this.#isOrdered ? new OrderedResults() : new UnorderedResults();
    this.#source = new Source(items, (item) => {
      this.#pool.waiting.add(new Entry(this.#pulled++, item));
    }, () => this.#progress());
    this.#pool = new WorkerPool(group, options, {
      answered: (entries, results, failures) => {
        for (const [i, entry] of entries.entries()) {
          const errorOf = failures.get(i);
          if (errorOf === undefined) this.#succeeded(entry, results[i] as Result);
          else this.#failed(entry, "fail", errorOf);
        }
        this.#progress();
      },
      lost: (entry, error) => this.#failed(entry, "lose", () => error),
      refused: (entry, error) => {
        this.#failed(entry, "fail", () => error);
        this.#progress();
      },
      failed: (error) => this.#fail(error),
      changed: () => this.#progress(),
    });
  }

  next(): Promise<IteratorResult<Result, undefined>> {
    if (!this.#hasBegun) this.#begin();
    const step = this.#consumers.size === 0 ? this.#step() : undefined;
    const next = step !== undefined
      ? this.#deliver(step)
      : new Promise<IteratorResult<Result, undefined>>((resolve) => {
        this.#consumers.push((step) => resolve(this.#deliver(step)));
      });
    if (this.#isHeldBack) this.#fill();
    return next;
  }

  async #deliver(step: Step<Result>): Promise<IteratorResult<Result, undefined>> {
    if (step === "done") {
      await this.#end();
      return { value: undefined, done: true };
    }
    if ("value" in step) return { value: step.value, done: false };
    await this.#end().catch(() => {}); // the first error counts
    throw step.error;
  }

  async return(): Promise<IteratorResult<Result, undefined>> {
    await this.#end();
    this.#serve();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #begin(): void {
    this.#hasBegun = true;
    const { signal } = this.#options;
    if (signal?.aborted) return this.#abort();
    signal?.addEventListener("abort", this.#abort);
    this.#pool.begin();
    this.#progress();
  }

  /** Ends source and pool, once. Rejects with what the source throws at its end. */
  #end(): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#hasBegun = true;
    this.#ended = this.#source.close();
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#pool.end(this.#options.signal?.reason);
    return this.#ended;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#serve();
  }

  #succeeded(entry: Entry<Item>, value: Result): void {
    entry.go("succeed");
    this.#results.put(entry.index, { kind: "result", value });
  }

  async #failed(
    entry: Entry<Item>,
    event: "fail" | "lose",
    errorOf: () => Error | Promise<Error>,
  ): Promise<void> {
    entry.go(event);
    const { onError = "stop" } = this.#options;
    if (onError === "skip") return this.#skip(entry);
    if (onError === "stop") this.#takeNothingAfter(entry);
    const error = await errorOf();
    try {
      const decision = onError === "stop" ? onError : await onError(error, entry.item);
      if (decision === "stop") this.#stopAt(entry, error);
      else this.#skip(entry);
    } catch (thrown) {
      this.#stopAt(entry, thrown);
    }
    this.#progress();
  }

  #skip(entry: Entry<Item>): void {
    entry.go("decide");
    this.#results.put(entry.index, { kind: "skip" });
  }

  #stopAt(entry: Entry<Item>, error: unknown): void {
    entry.go("decide");
    this.#takeNothingAfter(entry);
    this.#results.put(entry.index, { kind: "stop", error });
  }

  /** In an ordered map, the items before a stop still have results for the consumer. */
  #takeNothingAfter(entry: Entry<Item>): void {
    const { waiting } = this.#pool;
    waiting.limit = Math.min(waiting.limit, this.#isOrdered ? entry.index : -1);
  }

  /** Passes on what can be passed on: items to workers, and results to the consumer. */
  #progress(): void {
    if (this.#ended !== undefined) return;
    this.#fill();
    this.#serve();
  }

  #fill(): void {
    if (this.#isFilling || this.#ended !== undefined || this.#failure !== undefined) return;
    this.#isFilling = true;
    const { capacity, size, waiting } = this.#pool;
    const { consumed } = this.#results;
    const wanted = capacity - waiting.size;
    const maxAhead = Math.max(MIN_AHEAD * size, Math.min(consumed, MAX_AHEAD * size));
    const allowed = Math.max(0, maxAhead - (this.#pulled - consumed));
    this.#isHeldBack = wanted > allowed;
    // Held back, it waits for some room: an item for each result would make batches of one.
    const isWorthIt = !this.#isHeldBack || allowed >= maxAhead / 4;
    this.#source.want(isWorthIt && waiting.limit === Infinity ? Math.min(wanted, allowed) : 0);
    this.#pool.distribute();
    this.#isFilling = false;
  }

  #serve(): void {
    while (this.#consumers.size > 0) {
      const step = this.#step();
      if (step === undefined) return;
      this.#consumers.shift()?.(step);
    }
  }

  /** Returns what the consumer gets next; undefined if that is not known yet. */
  #step(): Step<Result> | undefined {
    if (this.#ended !== undefined) return "done";
    if (this.#failure !== undefined) return this.#failure;
    const outcome = this.#results.next();
    if (outcome !== undefined) return outcome;
    if (this.#source.isDone && this.#results.consumed === this.#pulled) {
      return this.#source.failure ?? "done";
    }
    if (this.#pool.isExhausted) {
      return { error: this.#pool.exhaustedError(this.#source.isDone) };
    }
    return undefined;
  }
}
