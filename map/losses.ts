/**
 * The losses of one map: how many there were, and whether it goes on after one more.
 *
 * @module
 */

import type { MapGateway } from "./host.ts";
import type { Entry } from "./item_state.ts";
import { noGatewayError, tooManyLossesError } from "./loss.ts";
import type { MapOptions } from "./options.ts";

/** How many starts in a row for nothing are given up; more if there are more workers. */
const MIN_FRUITLESS_STARTS = 20;

/** Counts what a map loses. */
export class Losses<Item> {
  readonly #options: MapOptions<Item, never>;
  #count = 0;
  #last: Error | undefined;
  #hasLostItems = false;
  /** Starts in place of what was lost, without any progress in between. */
  #fruitless = 0;
  #limit = MIN_FRUITLESS_STARTS;

  constructor(options: MapOptions<Item, never>) {
    this.#options = options;
  }

  /** Whether a worker was lost that may have begun an item. */
  get hasLostItems(): boolean {
    return this.#hasLostItems;
  }

  /** Notes why something was lost, or could not be started. */
  note(error: Error): void {
    this.#last = error;
  }

  /** An item has a result, or has failed. */
  progressed(): void {
    this.#fruitless = 0;
  }

  /**
   * Counts a loss, and calls `onLoss`.
   *
   * @param begun The items that may have begun.
   * @param retried How many of them are run again.
   * @throws {GatewayClosedError} if there have been too many; or what `onLoss` throws.
   */
  report(gateway: MapGateway, error: Error, begun: readonly Entry<Item>[], retried: number): void {
    const { maxLosses = Infinity, retries = 0, onLoss } = this.#options;
    this.#hasLostItems ||= begun.length > 0;
    // Each item is run again a limited number of times, so that there is progress.
    if (begun.length > 0 && retries < Infinity) this.progressed();
    onLoss?.({ gateway, error, items: begun.map(({ item }) => item), retried });
    if (++this.#count > maxLosses) throw tooManyLossesError(this.#count, maxLosses, error);
  }

  /** Counts a start in place of what was lost. Returns false if there were too many for nothing. */
  mayStart(workers: number): boolean {
    this.#limit = Math.max(this.#limit, workers);
    return this.#fruitless++ < this.#limit;
  }

  /** Returns why nothing can go on; see {@linkcode noGatewayError}. */
  exhausted(left: readonly number[], isAllTaken: boolean): Error {
    const fruitless = this.#fruitless > this.#limit ? this.#limit : undefined;
    return noGatewayError(left, isAllTaken, this.#last, fruitless);
  }
}
