/**
 * The items that were received on one channel, and what waits for them.
 *
 * @module
 */

import { ExecnetError, ProtocolError } from "../../errors.ts";
import { NO_HOLD } from "../../internal/keep_alive.ts";
import type { WaitOptions } from "../../internal/wait.ts";
import { forUser } from "../../errors/user_stack.ts";
import type { Binding } from "../binding.ts";
import type { Outcome } from "../outcome.ts";
import {
  type CallbackQueue,
  CallbackRunner,
  type Consumer,
  type QueueReactions,
} from "./callback.ts";
import { KeptItems } from "./kept_items.ts";
import { PendingReceives } from "./pending_receives.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import { type Received, takeSequence } from "./waiting_items.ts";
import type { WatchedQueue, Watchers } from "./watchers.ts";

/** The receiving half of a channel: a queue that gives credit as it is emptied. */
export class ReceiveQueue implements CallbackQueue, WatchedQueue {
  readonly items: KeptItems;
  watchers: Watchers | undefined;
  readonly #binding: Binding;
  readonly #window: ReceiveWindow;
  readonly #outcome: Outcome;
  readonly #reactions: QueueReactions;
  readonly #pending: PendingReceives;
  #runner: CallbackRunner | undefined;
  #isEnded = false;
  #endSequence = 0;
  #finished = Promise.withResolvers<void>();

  constructor(
    binding: Binding,
    window: ReceiveWindow,
    outcome: Outcome,
    reactions: QueueReactions,
  ) {
    this.#binding = binding;
    this.#pending = new PendingReceives(binding);
    this.#window = window;
    this.items = new KeptItems(binding, window, this);
    this.#outcome = outcome;
    this.#reactions = reactions;
  }

  /** Whether somebody waits for the next item. */
  get isAwaited(): boolean {
    if (this.#isWaitedFor) return true;
    // A consumer of bytes takes all at once: it waits when it has reported all of it.
    return this.#isIdle && (this.#runner?.kind !== "bytes" || this.items.isEmpty);
  }

  /** Whether no more items are added. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves when no more items are added and the callback, if any, has run for the last time. */
  get whenFinished(): Promise<void> {
    return this.#finished.promise;
  }

  /** The number of items that wait to be received. */
  get size(): number {
    return this.items.size;
  }

  /**
   * The place of what the next receive returns in the order in which items were received, over all
   * channels; undefined while a receive would wait.
   */
  get sequence(): number | undefined {
    return this.items.sequence ?? (this.#isEnded ? this.#endSequence : undefined);
  }

  /** Whether everything was received. */
  get isAtEnd(): boolean {
    return this.#isEnded && this.items.size === 0;
  }

  checkFree(): void {
    if (this.#runner !== undefined) throw this.#hasCallback(this.#runner);
  }

  /** Adds an item. */
  put(item: unknown, cost: number): void {
    if (this.#pending.size > 0) {
      this.items.pass(cost);
      this.#pending.answer(item);
    } else if (this.#isIdle) {
      this.#runner?.run(this.items.received(item, cost));
    } else {
      this.items.push(item, cost);
      this.watchers?.wake();
    }
  }

  /** Adds an encoded item; see {@linkcode KeptItems.pushEncoded}. */
  putEncoded(bytes: Uint8Array, cost: number, isOwn: boolean): void {
    const isForwarded = this.#runner?.kind === "forward";
    const isTaken = this.#pending.size > 0 || (this.#isIdle && !isForwarded);
    let item: unknown;
    try {
      if (isTaken) item = this.items.decode(bytes);
      else this.items.pushEncoded(bytes, cost, isOwn);
    } catch (error) {
      return this.#broken(error);
    }
    if (isTaken) this.put(item, cost);
    else if (isForwarded) this.#runner?.run();
    else this.watchers?.wake();
  }

  /** Adds bytes that are valid during this call. */
  putView(bytes: Uint8Array, cost: number): void {
    this.put(this.#isIdle ? bytes : bytes.slice(), cost);
  }

  /** Adds no more items. `error` is thrown once, after the queued items. */
  end(error?: Error): void {
    if (error !== undefined) this.#outcome.unseen = error;
    if (this.#isEnded) return;
    this.#endAdding();
    this.items.dropPieces();
    this.items.freeWith(this);
    this.#endSequence = takeSequence();
    this.#pending.end();
    this.watchers?.wake();
    if (this.#runner === undefined) this.#finished.resolve();
    else this.#runner.run();
  }

  /** Receives the next item. */
  receive(options?: WaitOptions): Promise<unknown> {
    return this.#next<unknown>(
      (item) => item,
      () => {
        throw this.#outcome.takeUnseen() ?? this.#outcome.receiveError();
      },
      options,
    );
  }

  /** Receives the next item as an iterator returns it. */
  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#next<IteratorResult<unknown, undefined>>(
      (value) => ({ value, done: false }),
      () => {
        const error = this.endError();
        if (error !== undefined) throw error;
        return { value: undefined, done: true };
      },
    );
  }

  /** Returns the error of the end: the peer's, or that items may be missing. */
  endError(): Error | undefined {
    return this.#outcome.takeUnseen() ?? this.#outcome.cutError();
  }

  /** Hands items to `consumer` from now on. */
  setConsumer(consumer: Consumer): void {
    const what = "set a callback";
    if (this.#runner !== undefined) throw this.#refusal(what, "it has one");
    if (this.#isWaitedFor) throw this.#refusal(what, "a receive or an iteration waits on it");
    if (this.#isEnded) this.#finished = Promise.withResolvers();
    const isOfUser = consumer.kind === "callback" || consumer.kind === "forward";
    const hold = isOfUser ? this.#binding.hold() : this.#binding.handle.hold(NO_HOLD);
    this.#runner = new CallbackRunner(consumer, this, hold);
    this.#runner.run();
  }

  /** See {@linkcode CallbackQueue}. */
  shift(): Received | undefined {
    try {
      return this.items.shift(this.#runner?.kind === "forward");
    } catch (error) {
      this.#broken(error);
      return undefined;
    }
  }

  /** Drops all items, and adds none any more. */
  discard(): void {
    this.#endAdding();
    this.items.clear();
  }

  finished(failure?: { error: unknown }): void {
    this.items.clear(); // what a consumer of bytes has not reported will not be used any more
    this.#finished.resolve();
    if (failure !== undefined) this.#reactions.callbackFailed(failure.error);
  }

  /** An item cannot be decoded: it, and all behind it, are dropped. */
  #broken(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error;
    this.items.clear();
    this.#outcome.fail(error);
    if (this.#isEnded) this.#outcome.unseen = error;
    this.#reactions.reset(error);
  }

  /** Whether a consumer waits for the next item. */
  get #isIdle(): boolean {
    return this.#runner?.isBusy === false;
  }

  get #isWaitedFor(): boolean {
    return this.#pending.size > 0 || (this.watchers?.size ?? 0) > 0;
  }

  #next<T>(map: (item: unknown) => T, end: () => T, options?: WaitOptions): Promise<T> {
    if (this.#runner !== undefined) return Promise.reject(this.#hasCallback(this.#runner));
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    const received = this.shift();
    if (received !== undefined) {
      this.items.taken(received);
      return Promise.resolve(map(received.item));
    }
    if (this.#isEnded) return forUser(end);
    const next = this.#pending.add(map, end, options);
    this.items.awaited();
    return next;
  }

  #hasCallback({ kind }: CallbackRunner): Error {
    const why = kind === "forward"
      ? "it was sent to another gateway, and what arrives goes there"
      : "it has a callback";
    return this.#refusal("receive", why);
  }

  #refusal(what: string, why: string): Error {
    return new ExecnetError(`cannot ${what} on ${this.#binding.label}: ${why}`);
  }

  #endAdding(): void {
    this.#isEnded = true;
    this.#window.close();
    this.items.close();
  }
}
