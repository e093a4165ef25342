/**
 * One run of a map: from the source to the crew, and from there to the consumer.
 *
 * @module
 */

import { Queue } from "../../internal/queue.ts";
import { Crew, type MapGroup } from "./pool.ts";
import { Entry } from "./item_state.ts";
import type { Items, MapOptions } from "../map_options.ts";
import { OrderedResults, type Results, UnorderedResults } from "./results.ts";
import { Source } from "./source.ts";

type Step<Result> = { value: Result } | { error: unknown } | "done";

/** Items taken ahead of the consumer for each worker at least, and as many as it has got at most. */
const MIN_AHEAD = 4;
const MAX_AHEAD = 2048;

/** An iteration over the results of a map. */
export class MapRun<Item, Result> implements AsyncIterableIterator<Result, undefined> {
  readonly #options: MapOptions<Item, never>;
  readonly #isOrdered: boolean;
  readonly #source: Source<Item>;
  readonly #crew: Crew<Item>;
  readonly #results: Results<Result>;
  readonly #consumers = new Queue<(step: Step<Result>) => void>();
  readonly #abort = () => this.#fail(this.#options.signal?.reason);
  #begun = false;
  #filling = false;
  /** Items taken from the source. */
  #taken = 0;
  /** More would be taken, if the consumer took some. */
  #held = false;
  #failure: { error: unknown } | undefined;
  #ended: Promise<void> | undefined;

  constructor(group: MapGroup, items: Items<Item>, options: MapOptions<Item, never>) {
    this.#options = options;
    this.#isOrdered = options.ordered ?? true;
    this.#results = this.#isOrdered ? new OrderedResults() : new UnorderedResults();
    this.#source = new Source(items, (item) => {
      this.#crew.waiting.add(new Entry(this.#taken++, item));
    }, () => this.#progress());
    this.#crew = new Crew(group, options, {
      answered: (entries, results, failures) => {
        for (const [i, entry] of entries.entries()) {
          const tell = failures.get(i);
          if (tell === undefined) this.#succeeded(entry, results[i] as Result);
          else this.#failed(entry, "fail", tell);
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
    if (!this.#begun) this.#begin();
    const step = this.#consumers.size === 0 ? this.#step() : undefined;
    const next = step !== undefined
      ? this.#deliver(step)
      : new Promise<IteratorResult<Result, undefined>>((resolve) => {
        this.#consumers.push((step) => resolve(this.#deliver(step)));
      });
    if (this.#held) this.#fill();
    return next;
  }

  async #deliver(step: Step<Result>): Promise<IteratorResult<Result, undefined>> {
    if (step === "done") {
      await this.#end();
      return { value: undefined, done: true };
    }
    if ("value" in step) return { value: step.value, done: false };
    await this.#end().catch(() => {}); // what failed first is told
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
    this.#begun = true;
    const { signal } = this.#options;
    if (signal?.aborted) return this.#abort();
    signal?.addEventListener("abort", this.#abort);
    this.#crew.begin();
    this.#progress();
  }

  /** Ends everything, once. Rejects with what the source throws at its end. */
  #end(): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    this.#begun = true;
    this.#ended = this.#source.close();
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#crew.end(this.#options.signal?.reason);
    return this.#ended;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#serve();
  }

  #succeeded(entry: Entry<Item>, value: Result): void {
    entry.go("answer");
    this.#results.put(entry.index, { kind: "result", value });
  }

  async #failed(
    entry: Entry<Item>,
    event: "fail" | "lose",
    tell: () => Error | Promise<Error>,
  ): Promise<void> {
    entry.go(event);
    const { onError = "stop" } = this.#options;
    if (onError === "skip") return this.#skip(entry);
    if (onError === "stop") this.#takeNoMoreAfter(entry);
    const error = await tell();
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

  /** The results of the items before it still come, where the order counts. */
  #stopAt(entry: Entry<Item>, error: unknown): void {
    entry.go("decide");
    this.#takeNoMoreAfter(entry);
    this.#results.put(entry.index, { kind: "stop", error });
  }

  #takeNoMoreAfter(entry: Entry<Item>): void {
    const { waiting } = this.#crew;
    waiting.limit = Math.min(waiting.limit, this.#isOrdered ? entry.index : -1);
  }

  /** Something has changed: gives out what can be given out, to workers and to the consumer. */
  #progress(): void {
    if (this.#ended !== undefined) return;
    this.#fill();
    this.#serve();
  }

  #fill(): void {
    if (this.#filling || this.#ended !== undefined || this.#failure !== undefined) return;
    this.#filling = true;
    const { room, size, waiting } = this.#crew;
    const wanted = room - waiting.size;
    const most = Math.max(MIN_AHEAD * size, Math.min(this.#results.taken, MAX_AHEAD * size));
    const ahead = Math.max(0, most - (this.#taken - this.#results.taken));
    this.#held = wanted > ahead;
    // Not one by one as the consumer takes them: that would make batches of one.
    const isWorthIt = waiting.limit === Infinity && (!this.#held || ahead >= most / 4);
    this.#source.want(isWorthIt ? Math.min(wanted, ahead) : 0);
    this.#crew.handOut();
    this.#filling = false;
  }

  #serve(): void {
    while (this.#consumers.size > 0) {
      const step = this.#step();
      if (step === undefined) return;
      this.#consumers.shift()?.(step);
    }
  }

  /** What the consumer gets next; nothing while that is not known. */
  #step(): Step<Result> | undefined {
    if (this.#ended !== undefined) return "done";
    if (this.#failure !== undefined) return this.#failure;
    const outcome = this.#results.take();
    if (outcome?.kind === "result") return outcome;
    if (outcome?.kind === "stop") return outcome;
    if (this.#source.done && this.#results.taken === this.#taken) {
      return this.#source.failure ?? "done";
    }
    if (this.#crew.isGone) return { error: this.#crew.abandoned(this.#source.done) };
    return undefined;
  }
}
