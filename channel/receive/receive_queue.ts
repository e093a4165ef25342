/**
 * What has arrived on one channel and who waits for it.
 *
 * @module
 */

import { ExecnetError, TimeoutError } from "../../errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import { Queue } from "../../internal/queue.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { type WaitOptions, watch } from "../../internal/wait.ts";

/** What an {@linkcode Inbox} asks of its channel. */
export interface InboxOwner {
  /** The consumer took `bytes`: the peer may send as many more. */
  giveCredit(bytes: number): void;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
  /** The error of a receive after the end. */
  endError(): Error;
  /** Why this side has cut short whoever iterates; nothing where that is just over. */
  readonly cutShort: Error | undefined;
  /** A callback threw. */
  callbackFailed(error: unknown): void;
  /** For messages: `channel 3 of gw0`. */
  readonly label: string;
}

interface Received {
  item: unknown;
  /** What of the window it holds until it is taken. */
  cost: number;
  /** Its place among all that arrived, on whatever channel. */
  arrival: number;
}

interface Waiter {
  item(item: unknown): void;
  end(): void;
}

/** Who takes all that comes. */
export interface Callback {
  call: (item: unknown, cost: number) => unknown;
  /** Tells by {@linkcode Inbox.took} what it has taken: not by its return. */
  keepsCost?: boolean;
  endMarker: { value: unknown } | undefined;
  /** Not the user's: it sends on what arrives. */
  isForwarding?: boolean;
  /** Does not count as waiting. */
  isBackground?: boolean;
}

let arrivals = 0;

/** The receiving half of a channel: a queue that gives credit back as it is emptied. */
export class Inbox {
  readonly #owner: InboxOwner;
  readonly #queue = new Queue<Received>();
  readonly #waiters = new Queue<Waiter>();
  #callback: Callback | undefined;
  #callbackHold: Hold | undefined;
  #calling = false;
  #ended = false;
  #endArrival = 0;
  /** Told when something can be received; made by the first that asks. */
  #watchers: Set<() => void> | undefined;
  /** The peer's error until one receive has thrown it. */
  #error: Error | undefined;
  readonly #window = new ReceiveWindow();
  /** Held by an unfinished item. */
  #unfinished = 0;
  #settled = Promise.withResolvers<void>();

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** Resolves when nothing more will come and the callback, if any, has run for the last time. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Items that wait to be taken. */
  get size(): number {
    return this.#queue.size;
  }

  /** The peer's error, where no receive has thrown it yet. */
  get unseenError(): Error | undefined {
    return this.#error;
  }

  /**
   * Where what the next receive gives stands among all that arrived, on whatever channel; undefined
   * while it would wait.
   */
  get arrival(): number | undefined {
    return this.#queue.peek()?.arrival ?? (this.#ended ? this.#endArrival : undefined);
  }

  /** Whether all was received. */
  get isAtEnd(): boolean {
    return this.#ended && this.#queue.size === 0;
  }

  /** Calls `ready` once something can be received, unless the returned function is called before. */
  whenReadable(ready: () => void): () => void {
    if (this.#callback !== undefined) throw this.#hasCallback();
    const watchers = this.#watchers ??= new Set();
    const hold = this.#owner.hold();
    const stop = () => {
      watchers.delete(wake);
      hold[Symbol.dispose]();
    };
    const wake = () => {
      stop();
      ready();
    };
    watchers.add(wake);
    if (this.arrival !== undefined) wake();
    return stop;
  }

  /** Takes an item in. */
  put(item: unknown, cost: number): void {
    this.#window.arrive(cost);
    cost += this.#unfinished;
    this.#unfinished = 0;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#take(cost);
      waiter.item(item);
      return;
    }
    this.#queue.push({ item, cost, arrival: arrivals++ });
    if (this.#callback !== undefined) this.#runCallback(this.#callback);
    else this.#wakeWatchers();
  }

  /** Takes in bytes that are valid during this call. */
  putView(bytes: Uint8Array, cost: number): void {
    const isTakenNow = this.#callback !== undefined && !this.#calling;
    this.put(isTakenNow ? bytes : bytes.slice(), cost);
  }

  /**
   * Takes note of a piece of an unfinished item. Credit for it is given while nothing finished
   * waits before it: so an item may be larger than the window, and a stopped consumer still costs
   * no more than a window and one item.
   */
  putPiece(cost: number): void {
    this.#window.arrive(cost);
    this.#unfinished += cost;
    this.#releaseUnfinished();
  }

  /** A callback that keeps what things cost has done with as much of it. */
  took(cost: number): void {
    this.#take(cost);
  }

  /** Nothing more will come. `error` is thrown once, after the queued items. */
  end(error?: Error): void {
    if (error !== undefined) this.#error = error;
    if (this.#ended) return;
    this.#ended = true;
    this.#endArrival = arrivals++;
    for (const waiter of this.#waiters.drain()) waiter.end();
    this.#wakeWatchers();
    if (this.#callback === undefined) this.#settled.resolve();
    else this.#runCallback(this.#callback);
  }

  /** The next item. */
  receive(options?: WaitOptions): Promise<unknown> {
    return this.#wait<unknown>(
      options,
      (item) => item,
      (): never => {
        throw this.#takeError() ?? this.#owner.endError();
      },
    );
  }

  /** The next item as an iterator gives it. */
  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#wait<IteratorResult<unknown, undefined>>(
      undefined,
      (value) => ({ value, done: false }),
      () => {
        const error = this.#takeError() ?? this.#owner.cutShort;
        if (error !== undefined) throw error;
        return { value: undefined, done: true };
      },
    );
  }

  /** Hands items to `callback` from now on. */
  setCallback(callback: Callback): void {
    if (this.#callback !== undefined) {
      throw new ExecnetError(`cannot set a callback on ${this.#owner.label}: it has one`);
    }
    if (this.#waiters.size > 0 || (this.#watchers?.size ?? 0) > 0) {
      throw new ExecnetError(
        `cannot set a callback on ${this.#owner.label}: a receive or an iteration waits on it`,
      );
    }
    if (this.#ended) this.#settled = Promise.withResolvers();
    this.#callback = callback;
    if (!callback.isBackground) this.#callbackHold = this.#owner.hold();
    this.#runCallback(callback);
  }

  #wait<T>(options: WaitOptions | undefined, map: (item: unknown) => T, end: () => T): Promise<T> {
    if (this.#callback !== undefined) return Promise.reject(this.#hasCallback());
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    const received = this.#queue.shift();
    if (received !== undefined) {
      this.#take(received.cost);
      return Promise.resolve(map(received.item));
    }
    if (this.#ended) return new Promise((resolve) => resolve(end()));
    return new Promise((resolve, reject) => {
      const hold = this.#owner.hold();
      const stopWatching = watch(
        options,
        () =>
          new TimeoutError(
            `nothing came on ${this.#owner.label} within ${options?.timeout} ms; it stays open`,
          ),
        (error) => {
          this.#waiters.remove(waiter);
          hold[Symbol.dispose]();
          reject(error);
        },
      );
      const settle = () => {
        stopWatching();
        hold[Symbol.dispose]();
      };
      const waiter: Waiter = {
        item(item) {
          settle();
          resolve(map(item));
        },
        end() {
          settle();
          try {
            resolve(end());
          } catch (error) {
            reject(error);
          }
        },
      };
      this.#waiters.push(waiter);
    });
  }

  #hasCallback(): Error {
    const why = this.#callback?.isForwarding
      ? "it was sent to another gateway, and what arrives goes there"
      : "it has a callback";
    return new ExecnetError(`cannot receive on ${this.#owner.label}: ${why}`);
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

  #take(cost: number): void {
    const credit = this.#window.take(cost);
    if (credit > 0 && !this.#ended) this.#owner.giveCredit(credit);
    this.#releaseUnfinished();
  }

  #releaseUnfinished(): void {
    if (this.#unfinished === 0 || this.#queue.size > 0) return;
    const cost = this.#unfinished;
    this.#unfinished = 0;
    this.#take(cost);
  }

  #runCallback(callback: Callback): void {
    if (this.#calling) return;
    this.#calling = true;
    try {
      for (let received = this.#queue.shift(); received; received = this.#queue.shift()) {
        if (!callback.keepsCost) this.#take(received.cost);
        const result = callback.call(received.item, received.cost);
        if (isThenable(result)) return this.#afterCall(result, callback);
      }
      if (this.#ended) {
        const marker = callback.endMarker;
        callback.endMarker = undefined;
        const result = marker && callback.call(marker.value, 0);
        if (isThenable(result)) return this.#afterCall(result, callback);
        return this.#finishCallback();
      }
    } catch (error) {
      return this.#failCallback(error, callback);
    }
    this.#calling = false;
  }

  #afterCall(result: PromiseLike<unknown>, callback: Callback): void {
    Promise.resolve(result).then(() => {
      this.#calling = false;
      this.#runCallback(callback);
    }, (error) => this.#failCallback(error, callback));
  }

  #failCallback(error: unknown, callback: Callback): void {
    for (const { cost } of this.#queue.drain()) this.#take(cost);
    this.#ended = true;
    const marker = callback.endMarker;
    callback.endMarker = undefined;
    try {
      if (marker !== undefined) callback.call(marker.value, 0);
    } catch { /* it failed already, and that is told */ }
    this.#finishCallback();
    this.#owner.callbackFailed(error);
  }

  /** `#calling` stays set: the callback runs no more. */
  #finishCallback(): void {
    this.#callbackHold?.[Symbol.dispose]();
    this.#settled.resolve();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
