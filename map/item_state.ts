/**
 * The life of one item of a map as a table.
 *
 * @module
 */

import { roughSize } from "../internal/rough_size.ts";

/** Where an item stands. */
export type ItemState =
  /** Pulled from the source; no worker has it. */
  | "waiting"
  /** A worker has it, and may have begun it. */
  | "assigned"
  /** It failed; what that means for the map is being decided. */
  | "failed"
  /** Its result, or that there is none, is ready for the consumer. */
  | "done";

/** What can happen to an item. */
export type ItemEvent =
  /** A worker gets it. */
  | "assign"
  /** Its worker has not begun it, and will not. */
  | "return"
  /** Its result was received. */
  | "succeed"
  /** The function threw, or the item cannot be sent. */
  | "fail"
  /** Its worker was lost, or the function threw, and it may run once more. */
  | "retry"
  /** Its worker was lost, and it has no retries left. */
  | "lose"
  /** The consequence of its failure is decided. */
  | "decide";

const TABLE: Readonly<Record<ItemState, Partial<Record<ItemEvent, ItemState>>>> = {
  waiting: { assign: "assigned" },
  assigned: {
    return: "waiting",
    succeed: "done",
    fail: "failed",
    retry: "waiting",
    lose: "failed",
  },
  failed: { decide: "done" },
  done: {},
};

/** Returns the state after `event`; undefined if the event cannot happen in `state`. */
export function transition(state: ItemState, event: ItemEvent): ItemState | undefined {
  return TABLE[state][event];
}

/** An item of a map, with its state. */
export class Entry<Item> {
  /** Its position in the source, from 0. */
  readonly index: number;
  readonly item: Item;
  /** About how many bytes it takes. */
  readonly bytes: number;
  /** How often a worker that may have begun it was lost. */
  losses = 0;
  /** How often the function threw. */
  errors = 0;
  /** Whether its worker answers it before it begins the next. */
  isSentSingly = false;
  #state: ItemState = "waiting";

  constructor(index: number, item: Item) {
    this.index = index;
    this.item = item;
    this.bytes = roughSize(item);
  }

  get state(): ItemState {
    return this.#state;
  }

  /** @throws {Error} if the event cannot happen now: the item would be run or counted twice. */
  go(event: ItemEvent): void {
    const next = transition(this.#state, event);
    if (next === undefined) throw new Error(`item ${this.index}: ${event} while ${this.#state}`);
    this.#state = next;
  }
}
