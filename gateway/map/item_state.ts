/**
 * The life of one item of a map, as a table.
 *
 * @module
 */

/** Where an item stands. */
export type ItemState =
  /** Taken from the source; for a worker that is free. */
  | "waiting"
  /** A worker has it: it may have begun. */
  | "handed"
  /** It failed: what that means for the map is being decided. */
  | "failed"
  /** Its result, or that there is none, is for the consumer. */
  | "settled";

/** What can happen to an item. */
export type ItemEvent =
  /** A worker gets it. */
  | "hand"
  /** Its worker has not begun it, and will not. */
  | "giveBack"
  /** Its result has come. */
  | "answer"
  /** It threw, or cannot travel. */
  | "fail"
  /** Its worker was lost, and it may run once more. */
  | "loseAndRetry"
  /** Its worker was lost, and it has run as often as it may. */
  | "lose"
  /** What its failure means is decided. */
  | "decide";

const TABLE: Readonly<Record<ItemState, Partial<Record<ItemEvent, ItemState>>>> = {
  waiting: { hand: "handed" },
  handed: {
    giveBack: "waiting",
    answer: "settled",
    fail: "failed",
    loseAndRetry: "waiting",
    lose: "failed",
  },
  failed: { decide: "settled" },
  settled: {},
};

/** The state after `event`; nothing where the event cannot happen in `state`. */
export function transition(state: ItemState, event: ItemEvent): ItemState | undefined {
  return TABLE[state][event];
}

/** An item on its way. */
export class Entry<Item> {
  /** Its place in the source, from 0. */
  readonly index: number;
  readonly item: Item;
  /** How often the worker that had it was lost. */
  losses = 0;
  #state: ItemState = "waiting";

  constructor(index: number, item: Item) {
    this.index = index;
    this.item = item;
  }

  get state(): ItemState {
    return this.#state;
  }

  /** @throws {Error} where that cannot happen now: it would be run or counted twice. */
  go(event: ItemEvent): void {
    const next = transition(this.#state, event);
    if (next === undefined) throw new Error(`item ${this.index}: ${event} while ${this.#state}`);
    this.#state = next;
  }
}
