/**
 * The outcomes of a map's items, until the consumer asks for them.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";

/** The outcome of an item. */
export type Outcome<Result> =
  | { kind: "result"; value: Result }
  /** No result; the consumer does not learn of it. */
  | { kind: "skip" }
  /** The map ends here, with this error. */
  | { kind: "stop"; error: unknown };

/** An outcome that the consumer learns of. */
export type Visible<Result> = Exclude<Outcome<Result>, { kind: "skip" }>;

/** A queue of outcomes, in the order of their items or as they are put in. */
export interface Results<Result> {
  /** How many have left the queue, those that were skipped too. */
  readonly consumed: number;
  /** Puts in the outcome of the item at `index`. */
  put(index: number, outcome: Outcome<Result>): void;
  /** Removes and returns the next outcome for the consumer; undefined if there is none yet. */
  next(): Visible<Result> | undefined;
}

/** Outcomes in the order of their items. */
export class OrderedResults<Result> implements Results<Result> {
  readonly #early = new Map<number, Outcome<Result>>();
  #consumed = 0;

  get consumed(): number {
    return this.#consumed;
  }

  put(index: number, outcome: Outcome<Result>): void {
    this.#early.set(index, outcome);
    this.#passSkipped();
  }

  next(): Visible<Result> | undefined {
    const outcome = this.#early.get(this.#consumed);
    if (outcome === undefined || outcome.kind === "skip") return undefined;
    this.#early.delete(this.#consumed++);
    this.#passSkipped();
    return outcome;
  }

  #passSkipped(): void {
    while (this.#early.get(this.#consumed)?.kind === "skip") this.#early.delete(this.#consumed++);
  }
}

/** Outcomes as they are put in. */
export class UnorderedResults<Result> implements Results<Result> {
  readonly #queue = new Queue<Visible<Result>>();
  #consumed = 0;

  get consumed(): number {
    return this.#consumed;
  }

  put(_index: number, outcome: Outcome<Result>): void {
    if (outcome.kind === "skip") this.#consumed++;
    else this.#queue.push(outcome);
  }

  next(): Visible<Result> | undefined {
    const outcome = this.#queue.shift();
    if (outcome !== undefined) this.#consumed++;
    return outcome;
  }
}
