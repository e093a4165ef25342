/**
 * Calls a function with each item of a channel.
 *
 * @module
 */

import type { Hold } from "../../internal/keep_alive.ts";
import type { KeptItems } from "./kept_items.ts";
import type { Received } from "./waiting_items.ts";

/** How items are handed to a consumer. */
export type ConsumerKind =
  /** The callback of the user. */
  | "callback"
  /** To another connection: encoded, if the bytes mean the same there. */
  | "forward"
  /** To a part of this package, which does not keep the event loop alive. */
  | "items"
  /** The same, but items of bytes as the pieces that arrive, which the consumer gives credit for. */
  | "bytes";

/** A function that is called with each item. */
export interface Consumer {
  readonly kind: ConsumerKind;
  /** A promise is awaited before the next call. */
  call(item: unknown, cost: number): unknown;
  /** Called with the error of the end, if there is one, before the last call. */
  onError?(error: unknown): unknown;
  /** The argument of the last call; default: there is no such call. */
  endMarker?: { value: unknown };
}

/** What a {@linkcode CallbackRunner} needs of its queue. */
export interface CallbackQueue {
  /** Removes and returns the first item. */
  shift(): Received | undefined;
  /** Whether no more items are added. */
  readonly isEnded: boolean;
  /** Returns the error of the end, if there is one. */
  endError(): Error | undefined;
  /** Counts what is taken, and hears when the next item is waited for. */
  readonly items: Pick<KeptItems, "taken" | "handOver" | "awaited">;
  /** Drops all items. */
  discard(): void;
  /** Reports that the consumer is not called any more; `failure` is what it threw. */
  finished(failure?: { error: unknown }): void;
}

/** What a queue has its channel do. */
export interface QueueReactions {
  /** The callback has thrown. */
  callbackFailed(error: unknown): void;
  /** An item is wrong, where the connection is sound. */
  reset(error: Error): void;
}

/** Calls a consumer with one item after another, and with its end marker at last. */
export class CallbackRunner {
  readonly kind: ConsumerKind;
  readonly #consumer: Consumer;
  readonly #queue: CallbackQueue;
  readonly #hold: Hold;
  #isBusy = false;
  #isErrorReported = false;

  /** @param hold Disposed after the last call. */
  constructor(consumer: Consumer, queue: CallbackQueue, hold: Hold) {
    this.kind = consumer.kind;
    this.#consumer = consumer;
    this.#queue = queue;
    this.#hold = hold;
  }

  /** Whether a call is under way, or the last one is over. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Calls with `first`, and with all that is queued, unless a call is under way. */
  run(first?: Received): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const queue = this.#queue;
    try {
      for (let received = first ?? queue.shift(); received; received = queue.shift()) {
        if (this.kind === "bytes") queue.items.handOver(received);
        else queue.items.taken(received);
        const result = this.#consumer.call(received.item, received.cost);
        if (isThenable(result)) return this.#runAfter(result);
      }
      if (queue.isEnded) {
        const reported = this.#reportError();
        if (isThenable(reported)) return this.#runAfter(reported);
        const result = this.#callLast();
        return isThenable(result) ? this.#runAfter(result) : this.#finish();
      }
    } catch (error) {
      return this.#fail(error);
    }
    this.#isBusy = false;
    queue.items.awaited();
  }

  #runAfter(call: PromiseLike<unknown>): void {
    Promise.resolve(call).then(() => {
      this.#isBusy = false;
      this.run();
    }, (error) => this.#fail(error));
  }

  #reportError(thrown?: { error: unknown }): unknown {
    const { onError } = this.#consumer;
    if (onError === undefined || this.#isErrorReported) return;
    this.#isErrorReported = true;
    const failure = thrown ?? { error: this.#queue.endError() };
    if (failure.error !== undefined || thrown !== undefined) return onError(failure.error);
  }

  #callLast(): unknown {
    const { endMarker } = this.#consumer;
    this.#consumer.endMarker = undefined;
    return endMarker && this.#consumer.call(endMarker.value, 0);
  }

  #fail(error: unknown): void {
    this.#queue.discard();
    try {
      this.#reportError({ error });
      this.#callLast();
    } catch { /* it has failed already, which is reported */ }
    this.#finish({ error });
  }

  /** It stays busy: there is no call any more. */
  #finish(failure?: { error: unknown }): void {
    this.#hold[Symbol.dispose]();
    this.#queue.finished(failure);
  }
}

/** Whether `await` would wait for `value`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
