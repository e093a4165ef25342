/**
 * The items that were received on one channel, and what waits for them.
 *
 * @module
 */

import { ExecnetError } from "../../errors.ts";
import { NO_HOLD } from "../../internal/keep_alive.ts";
import { Queue } from "../../internal/queue.ts";
import type { WaitOptions } from "../../internal/wait.ts";
import { forUser } from "../../errors/user_stack.ts";
import type { Binding } from "../binding.ts";
import type { Outcome } from "../outcome.ts";
import { type CallbackQueue, CallbackRunner, type Consumer, type Received } from "./callback.ts";
import { PendingReceives } from "./pending_receives.ts";
import type { ReceiveWindow } from "./receive_window.ts";

let nextSequence = 0;

/** The receiving half of a channel: a queue that gives credit as it is emptied. */
export class ReceiveQueue implements CallbackQueue {
  readonly #binding: Binding;
  readonly #window: ReceiveWindow;
  readonly #outcome: Outcome;
  readonly #callbackFailed: (error: unknown) => void;
  readonly #items = new Queue<Received>();
  readonly #pending: PendingReceives;
  /** Called when something can be received; made by the first that asks. */
  #watchers: Set<() => void> | undefined;
  #runner: CallbackRunner | undefined;
  #isEnded = false;
  #endSequence = 0;
  /** The peer's error until a receive has thrown it. */
  #error: Error | undefined;
  /** The bytes of the window that an unfinished item uses. */
  #unfinished = 0;
  #finished = Promise.withResolvers<void>();

  /** @param callbackFailed Called with what the callback threw. */
  constructor(
    binding: Binding,
    window: ReceiveWindow,
    outcome: Outcome,
    callbackFailed: (error: unknown) => void,
  ) {
    this.#binding = binding;
    this.#pending = new PendingReceives(binding);
    this.#window = window;
    this.#outcome = outcome;
    this.#callbackFailed = callbackFailed;
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
    return this.#items.size;
  }

  /** The peer's error, if no receive has thrown it yet. */
  get unseenError(): Error | undefined {
    return this.#error;
  }

  /**
   * The place of what the next receive returns in the order in which items were received, over all
   * channels; undefined while a receive would wait.
   */
  get sequence(): number | undefined {
    return this.#items.peek()?.sequence ?? (this.#isEnded ? this.#endSequence : undefined);
  }

  /** Whether everything was received. */
  get isAtEnd(): boolean {
    return this.#isEnded && this.#items.size === 0;
  }

  /** Calls `ready` once something can be received, unless the returned function is called before. */
  whenReadable(ready: () => void): () => void {
    if (this.#runner !== undefined) throw this.#hasCallback(this.#runner);
    const watchers = this.#watchers ??= new Set();
    const hold = this.#binding.hold();
    const stop = () => {
      watchers.delete(wake);
      hold[Symbol.dispose]();
    };
    const wake = () => {
      stop();
      ready();
    };
    watchers.add(wake);
    if (this.sequence !== undefined) wake();
    return stop;
  }

  /** Adds an item. */
  put(item: unknown, cost: number): void {
    cost += this.#unfinished;
    this.#unfinished = 0;
    if (this.#pending.size > 0) {
      this.consumed(cost);
      this.#pending.answer(item);
      return;
    }
    this.#items.push({ item, cost, sequence: nextSequence++ });
    if (this.#runner !== undefined) this.#runner.run();
    else this.#wakeWatchers();
  }

  /** Adds bytes that are valid during this call. */
  putView(bytes: Uint8Array, cost: number): void {
    const isConsumedNow = this.#runner?.isBusy === false;
    this.put(isConsumedNow ? bytes : bytes.slice(), cost);
  }

  /**
   * Counts a piece of an unfinished item. Credit for it is given while no finished item waits before
   * it: so an item may be larger than the window, and a stopped consumer still costs no more than a
   * window and one item.
   */
  putPiece(cost: number): void {
    this.#unfinished += cost;
    this.#consumeUnfinished();
  }

  /** Gives credit for the pieces of an item that will not be finished. */
  dropPieces(): void {
    const cost = this.#unfinished;
    this.#unfinished = 0;
    if (cost > 0) this.consumed(cost);
  }

  /** Adds no more items. `error` is thrown once, after the queued items. */
  end(error?: Error): void {
    if (error !== undefined) this.#error = error;
    if (this.#isEnded) return;
    this.#endAdding();
    this.#endSequence = nextSequence++;
    this.#pending.end();
    this.#wakeWatchers();
    if (this.#runner === undefined) this.#finished.resolve();
    else this.#runner.run();
  }

  /** Receives the next item. */
  receive(options?: WaitOptions): Promise<unknown> {
    return this.#next<unknown>(
      (item) => item,
      () => {
        throw this.#takeError() ?? this.#outcome.receiveError();
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
    return this.#takeError() ?? this.#outcome.cutError();
  }

  /** Hands items to `consumer` from now on. */
  setConsumer(consumer: Consumer): void {
    if (this.#runner !== undefined) {
      throw new ExecnetError(`cannot set a callback on ${this.#binding.label}: it has one`);
    }
    if (this.#pending.size > 0 || (this.#watchers?.size ?? 0) > 0) {
      throw new ExecnetError(
        `cannot set a callback on ${this.#binding.label}: a receive or an iteration waits on it`,
      );
    }
    if (this.#isEnded) this.#finished = Promise.withResolvers();
    const isOfUser = consumer.kind === "callback" || consumer.kind === "forward";
    const { context, handle } = this.#binding;
    const hold = handle.hold(isOfUser ? context.hold() : NO_HOLD);
    this.#runner = new CallbackRunner(consumer, this, hold);
    this.#runner.run();
  }

  /** Removes and returns the first item; see {@linkcode CallbackQueue}. */
  shift(): Received | undefined {
    return this.#items.shift();
  }

  /** Counts bytes of the window that are free again. */
  consumed(cost: number): void {
    this.#window.consume(cost);
    this.#consumeUnfinished();
  }

  discard(): void {
    this.#endAdding();
    this.#items.drain();
  }

  finished(failure?: { error: unknown }): void {
    this.#finished.resolve();
    if (failure !== undefined) this.#callbackFailed(failure.error);
  }

  #next<T>(map: (item: unknown) => T, end: () => T, options?: WaitOptions): Promise<T> {
    if (this.#runner !== undefined) return Promise.reject(this.#hasCallback(this.#runner));
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    const received = this.#items.shift();
    if (received !== undefined) {
      this.consumed(received.cost);
      return Promise.resolve(map(received.item));
    }
    if (this.#isEnded) return forUser(end);
    return this.#pending.add(map, end, options);
  }

  #hasCallback({ kind }: CallbackRunner): Error {
    const why = kind === "forward"
      ? "it was sent to another gateway, and what arrives goes there"
      : "it has a callback";
    return new ExecnetError(`cannot receive on ${this.#binding.label}: ${why}`);
  }

  #wakeWatchers(): void {
    if (this.#watchers === undefined) return;
    for (const wake of [...this.#watchers]) wake();
  }

  #takeError(): Error | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }

  #endAdding(): void {
    this.#isEnded = true;
    this.#window.close();
  }

  #consumeUnfinished(): void {
    if (this.#items.size === 0) this.dropPieces();
  }
}
