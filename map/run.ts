/**
 * One run of a map: items go from the source to the pool, and their results to the consumer.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";
import { roughSize } from "../internal/rough_size.ts";
import { type Decision, decisionOn } from "./decision.ts";
import type { MapTask } from "./execution.ts";
import type { Items } from "./function.ts";
import type { MapHost } from "./host.ts";
import { Entry } from "./item_state.ts";
import type { MapOptions } from "./options.ts";
import { WorkerPool } from "./pool.ts";
import { Progress } from "./progress.ts";
import { ReadAhead } from "./read_ahead.ts";
import { OrderedResults, type Results, UnorderedResults } from "./results.ts";
import { Source } from "./source.ts";

/** What the consumer gets next. */
type Step<Result> = { index: number; value: Result } | { error: unknown } | "done";

/** An iteration over the results of a map, or over `[index, result]`. */
export class MapRun<Item, Result> implements AsyncIterableIterator<unknown, undefined> {
  readonly #options: MapOptions<Item, never>;
  readonly #isOrdered: boolean;
  readonly #host: MapHost;
  readonly #source: Source<Item>;
  readonly #pool: WorkerPool<Item>;
  readonly #results: Results<Result>;
  readonly #ahead = new ReadAhead();
  readonly #progress: Progress;
  readonly #consumers = new Queue<(step: Step<Result>) => void>();
  readonly #abort = () => this.#fail(this.#options.signal?.reason);
  #running: Disposable | undefined;
  #hasBegun = false;
  #isFilling = false;
  /** Number of items that were pulled from the source. */
  #pulled = 0;
  /** Whether workers are free, and the read-ahead alone keeps items from them. */
  #isHeldBack = false;
  #failure: { error: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(host: MapHost, task: MapTask, items: Items<Item>, options: MapOptions<Item, never>) {
    this.#host = host;
    this.#options = options;
    this.#progress = new Progress(items, options.onProgress);
    this.#isOrdered = options.ordered ?? true;
    this.#results = this.#isOrdered ? new OrderedResults() : new UnorderedResults();
    this.#source = new Source(items, (item) => this.#pull(item), () => this.#goOn());
    this.#pool = new WorkerPool(host, task, options, {
      isFull: () => this.#ahead.isFull(this.#results.bytes),
      head: () => this.#results.head,
      answered: (entries, results, failures) => {
        for (const [i, entry] of entries.entries()) {
          const errorOf = failures.get(i);
          if (errorOf === undefined) this.#succeeded(entry, results[i] as Result);
          else if (!this.#isTriedAgain(entry)) this.#failed(entry, "fail", errorOf);
        }
        this.#goOn();
      },
      timedOut: (entry, error) => {
        if (!this.#isTriedAgain(entry)) this.#failed(entry, "fail", () => error);
        this.#goOn();
      },
      lost: (entry, error) => this.#failed(entry, "lose", () => error),
      refused: (entry, error) => {
        this.#failed(entry, "fail", () => error);
        this.#goOn();
      },
      failed: (error) => this.#fail(error),
      changed: () => this.#goOn(),
    });
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#hasBegun) this.#begin();
    const step = this.#consumers.size === 0 ? this.#step() : undefined;
    const next = step !== undefined
      ? this.#deliver(step)
      : new Promise<IteratorResult<unknown, undefined>>((resolve) => {
        this.#consumers.push((step) => resolve(this.#deliver(step)));
      });
    this.#pool.resume();
    if (this.#isHeldBack) this.#fill();
    return next;
  }

  async #deliver(step: Step<Result>): Promise<IteratorResult<unknown, undefined>> {
    if (step === "done") {
      await this.#end();
      return { value: undefined, done: true };
    }
    if ("value" in step) {
      const { index, value } = step;
      return { value: this.#options.entries ? [index, value] : value, done: false };
    }
    await this.#end().catch(() => {}); // the first error counts
    throw step.error;
  }

  async return(): Promise<IteratorResult<unknown, undefined>> {
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
    this.#running = this.#host.begin();
    this.#pool.begin();
    this.#goOn();
  }

  /** Ends source and pool, once. Rejects with what the source throws at its end. */
  #end(): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#hasBegun = true;
    this.#ended = this.#source.close();
    this.#stop();
    return this.#ended;
  }

  #stop(): void {
    const { signal } = this.#options;
    signal?.removeEventListener("abort", this.#abort);
    this.#pool.end(signal?.reason);
    this.#running?.[Symbol.dispose]();
    this.#running = undefined;
  }

  /** Fails the map as a whole: at once, whether or not anybody asks for the next result. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#stop();
    this.#serve();
  }

  #pull(item: Item): void {
    const entry = new Entry(this.#pulled++, item);
    this.#ahead.pulled(entry.bytes);
    if (this.#ahead.isItemsFull) this.#source.want(0);
    this.#pool.waiting.add(entry);
  }

  #succeeded(entry: Entry<Item>, value: Result): void {
    entry.go("succeed");
    this.#ahead.released(entry.bytes);
    this.#progress.done++;
    this.#put(entry, value);
  }

  #put({ index }: Entry<Item>, value: Result): void {
    const bytes = roughSize(value);
    this.#ahead.received(bytes);
    this.#results.put({ kind: "result", index, value, bytes });
  }

  #isTriedAgain(entry: Entry<Item>): boolean {
    return this.#pool.waiting.tryAgain(entry, this.#options.retryErrors ?? 0);
  }

  async #failed(
    entry: Entry<Item>,
    event: "fail" | "lose",
    errorOf: () => Error | Promise<Error>,
  ): Promise<void> {
    entry.go(event);
    this.#ahead.released(entry.bytes);
    const { onError = "stop" } = this.#options;
    if (onError === "skip") return this.#decide(entry, "skip");
    if (onError === "stop") this.#takeNothingAfter(entry);
    const { decision, error } = await decisionOn(await errorOf(), entry.item, onError);
    this.#decide(entry, decision, error);
    this.#goOn();
  }

  #decide(entry: Entry<Item>, decision: Decision, error?: unknown): void {
    entry.go("decide");
    this.#progress.failed++;
    const { index } = entry;
    if (typeof decision === "object") return this.#put(entry, decision.value as Result);
    if (decision === "skip") return this.#results.put({ kind: "skip", index });
    this.#takeNothingAfter(entry);
    this.#results.put({ kind: "stop", index, error });
  }

  /** In an ordered map, the items before a stop still have results for the consumer. */
  #takeNothingAfter(entry: Entry<Item>): void {
    const { waiting } = this.#pool;
    waiting.limit = Math.min(waiting.limit, this.#isOrdered ? entry.index : -1);
  }

  /** Passes on what can be passed on: results to the consumer, and items to workers. */
  #goOn(): void {
    if (this.#ended !== undefined) return;
    this.#tell();
    this.#serve();
    this.#pool.resume();
    this.#fill();
  }

  #tell(): void {
    if (this.#options.onProgress === undefined || this.#failure !== undefined) return;
    try {
      this.#progress.tell(this.#pool.load, this.#source.isDone ? this.#pulled : undefined);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fill(): void {
    if (this.#isFilling || this.#ended !== undefined || this.#failure !== undefined) return;
    this.#isFilling = true;
    const { capacity, size: workers, waiting } = this.#pool;
    const { consumed, size: ready, bytes } = this.#results;
    const isAwaited = this.#consumers.size > 0;
    const { count, isHeldBack } = this.#ahead.toPull(capacity - waiting.size, {
      ...{ pulled: this.#pulled, consumed, ready, bytes, workers, isAwaited },
    });
    this.#isHeldBack = isHeldBack;
    this.#source.want(waiting.limit === Infinity ? count : 0);
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
