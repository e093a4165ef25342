/**
 * The outcomes of a map's items, until the consumer asks for them.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";

/** What is kept of a result besides its value, about. */
const OUTCOME_BYTES = 64;

/** The outcome of an item. */
export type Outcome<Result> =
  /** `bytes` is about what the value takes. */
  | { kind: "result"; index: number; value: Result; bytes: number }
  /** No result; the consumer does not learn of it. */
  | { kind: "skip"; index: number }
  /** The map ends here, with this error. */
  | { kind: "stop"; index: number; error: unknown };

/** An outcome that the consumer learns of. */
export type Visible<Result> = Exclude<Outcome<Result>, { kind: "skip" }>;

/** A queue of outcomes, in the order of their items or as they are put in. */
export interface Results<Result> {
  /** How many have left the queue, those that were skipped too. */
  readonly consumed: number;
  /** How many are in the queue. */
  readonly size: number;
  /** About how many bytes the results in the queue take. */
  readonly bytes: number;
  /** The index of the item that the consumer gets next, if only one can be. */
  readonly head: number | undefined;
  /** Puts in an outcome. */
  put(outcome: Outcome<Result>): void;
  /** Removes and returns the next outcome for the consumer; undefined if there is none yet. */
  next(): Visible<Result> | undefined;
}

/** Outcomes in the order of their items. */
export class OrderedResults<Result> implements Results<Result> {
  readonly #early = new Map<number, Outcome<Result>>();
  #consumed = 0;
  #bytes = 0;

  get consumed(): number {
    return this.#consumed;
  }

  get size(): number {
    return this.#early.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get head(): number {
    return this.#consumed;
  }

  put(outcome: Outcome<Result>): void {
    this.#early.set(outcome.index, outcome);
    this.#bytes += bytesOf(outcome);
    this.#passSkipped();
  }

  next(): Visible<Result> | undefined {
    const outcome = this.#early.get(this.#consumed);
    if (outcome === undefined || outcome.kind === "skip") return undefined;
    this.#early.delete(this.#consumed++);
    this.#bytes -= bytesOf(outcome);
    this.#passSkipped();
    return outcome;
  }

  #passSkipped(): void {
    while (this.#early.get(this.#consumed)?.kind === "skip") this.#early.delete(this.#consumed++);
  }
}

/** Outcomes as they are put in. */
export class UnorderedResults<Result> implements Results<Result> {
  readonly head = undefined;
  readonly #queue = new Queue<Visible<Result>>();
  #consumed = 0;
  #bytes = 0;

  get consumed(): number {
    return this.#consumed;
  }

  get size(): number {
    return this.#queue.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  put(outcome: Outcome<Result>): void {
    if (outcome.kind === "skip") {
      this.#consumed++;
    } else {
      this.#queue.push(outcome);
      this.#bytes += bytesOf(outcome);
    }
  }

  next(): Visible<Result> | undefined {
    const outcome = this.#queue.shift();
    if (outcome === undefined) return undefined;
    this.#consumed++;
    this.#bytes -= bytesOf(outcome);
    return outcome;
  }
}

function bytesOf(outcome: Outcome<unknown>): number {
  return outcome.kind === "result" ? OUTCOME_BYTES + outcome.bytes : 0;
}
