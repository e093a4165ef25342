/**
 * What has come of the items, until the consumer takes it.
 *
 * @module
 */

import { Queue } from "../../internal/queue.ts";

/** What came of an item. */
export type Outcome<Result> =
  | { kind: "result"; value: Result }
  /** Nothing, and the consumer does not learn of it. */
  | { kind: "skip" }
  /** The map ends here, with this error. */
  | { kind: "stop"; error: unknown };

/** A queue of outcomes: in the order of their items, or as they come. */
export interface Results<Result> {
  /** How many were taken, or skipped. */
  readonly taken: number;
  /** Puts in what came of the item at `index`. */
  put(index: number, outcome: Outcome<Result>): void;
  /** The next that means something to the consumer. */
  take(): Exclude<Outcome<Result>, { kind: "skip" }> | undefined;
}

/** Gives them in the order of their items. */
export class OrderedResults<Result> implements Results<Result> {
  readonly #early = new Map<number, Outcome<Result>>();
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  put(index: number, outcome: Outcome<Result>): void {
    this.#early.set(index, outcome);
    this.#passSkipped();
  }

  take(): Exclude<Outcome<Result>, { kind: "skip" }> | undefined {
    const outcome = this.#early.get(this.#taken);
    if (outcome === undefined || outcome.kind === "skip") return undefined;
    this.#early.delete(this.#taken++);
    this.#passSkipped();
    return outcome;
  }

  #passSkipped(): void {
    while (this.#early.get(this.#taken)?.kind === "skip") this.#early.delete(this.#taken++);
  }
}

/** Gives them as they come. */
export class UnorderedResults<Result> implements Results<Result> {
  readonly #queue = new Queue<Exclude<Outcome<Result>, { kind: "skip" }>>();
  #taken = 0;

  get taken(): number {
    return this.#taken;
  }

  put(_index: number, outcome: Outcome<Result>): void {
    if (outcome.kind === "skip") this.#taken++;
    else this.#queue.push(outcome);
  }

  take(): Exclude<Outcome<Result>, { kind: "skip" }> | undefined {
    const outcome = this.#queue.shift();
    if (outcome !== undefined) this.#taken++;
    return outcome;
  }
}
