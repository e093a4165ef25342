/**
 * Runs a function over the items of a channel: a worker of `Group.map`, or one of several in one
 * execution.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { isThenable } from "../channel/receive/callback.ts";
import { TimeoutError } from "../errors.ts";
import { Queue } from "../internal/queue.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { MapAnswer } from "../protocol/map_answer.ts";
import { type MapBatch, readMapBatch } from "../protocol/map_request.ts";
import type { Runnable } from "./compile.ts";
import { MapAnswers } from "./map_answers.ts";
import { ItemContext } from "./map_context.ts";

/** An item that takes longer is slow: the items behind it are returned, to run elsewhere. */
const SLOW_MS = 5;

/** In place of the result of an item that took too long. */
const LATE = Symbol("late");

// Captured now: user code may replace it.
const now = performance.now.bind(performance);

/** A worker: receives {@linkcode MapBatch}es, and sends one or more {@linkcode MapAnswer}s for each. */
export class MapLane {
  readonly #channel: Channel;
  readonly #fn: Runnable;
  readonly #args: unknown;
  readonly #timeout: number | undefined;
  readonly #answers: MapAnswers;
  readonly #batches = new Queue<MapBatch>();
  /** The place of the next item in the first batch. */
  #place = 0;
  #begun = 0;
  #received = 0;
  #ended = false;
  #isStopped = false;
  #item: ItemContext | undefined;
  /** Items that took too long and have not ended: the execution runs as long as they do. */
  readonly #stragglers = new Set<PromiseLike<unknown>>();
  /** The time when the item that is awaited began; 0 if none is. */
  #waitingSince = 0;
  #isSlow = false;
  #slowTimer: Timer | undefined;
  #wake = () => {};

  /** @param timeout Milliseconds that an item may take. */
  constructor(channel: Channel, fn: Runnable, args: unknown, timeout: number | undefined) {
    this.#channel = channel;
    this.#fn = fn;
    this.#args = args;
    this.#timeout = timeout;
    this.#answers = new MapAnswers(channel);
  }

  /** Begins no further item, and tells the one under way to stop. */
  stop(reason: unknown): void {
    this.#isStopped = true;
    this.#item?.stop(reason);
    this.#wake();
  }

  /** Runs until the initiator ends the channel, or it is stopped, and the item under way has ended. */
  async run(): Promise<void> {
    const end = Symbol();
    this.#channel.setCallback((item) => item === end ? this.#end() : this.#receive(item), {
      endMarker: end,
      onError: (error) => this.stop(error),
    });
    try {
      await this.#loop();
    } finally {
      clearTimer(this.#slowTimer);
      await Promise.allSettled(this.#stragglers);
    }
  }

  async #loop(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#begun < this.#received) await this.#work();
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  #receive(item: unknown): void {
    const batch = readMapBatch(item);
    this.#received += batch.items.length;
    if (this.#isSlow) return this.#giveBack();
    this.#batches.push(batch);
    this.#wake();
  }

  /** Runs the function over all queued items. */
  async #work(): Promise<void> {
    this.#answers.begin();
    for (let batch = this.#batches.peek(); batch !== undefined; batch = this.#batches.peek()) {
      const { items, at, singly } = batch;
      const place = this.#place++;
      if (this.#place >= items.length) {
        this.#batches.shift();
        this.#place = 0;
      }
      if (place === items.length) continue; // it was empty
      this.#begun++;
      const running = this.#run(items[place], at + place);
      if (running !== undefined) await running;
      this.#item = undefined;
      if (singly || this.#answers.isDue) await this.#answers.send();
      if (this.#isStopped) return;
    }
    if (this.#answers.size > 0) await this.#answers.send();
  }

  #run(item: unknown, index: number): Promise<void> | void {
    const fn = this.#fn; // called as `this.#fn`, it would be a method of MapLane in stacks
    const context = this.#item = new ItemContext(this.#channel, index);
    if (this.#timeout !== undefined) return this.#runInTime(item, context, this.#timeout);
    try {
      const result = fn(item, this.#args, context);
      if (isThenable(result)) {
        return this.#whenDone(result).then(this.#answers.succeed, this.#answers.fail);
      }
      this.#answers.succeed(result);
    } catch (thrown) {
      this.#answers.fail(thrown);
    }
  }

  async #runInTime(item: unknown, context: ItemContext, timeout: number): Promise<void> {
    await this.#answers.send({ begun: true });
    const fn = this.#fn;
    const start = now();
    try {
      let result = fn(item, this.#args, context);
      if (isThenable(result)) result = await this.#inTime(result, timeout);
      else if (now() - start > timeout) result = LATE;
      if (result !== LATE) return this.#answers.succeed(result);
      context.stop(
        new TimeoutError(`the item at index ${context.index} took longer than ${timeout} ms`),
      );
      this.#answers.succeed(undefined);
      await this.#answers.send({ late: true });
    } catch (thrown) {
      this.#answers.fail(thrown);
    }
  }

  async #inTime(result: PromiseLike<unknown>, timeout: number): Promise<unknown> {
    const late = Promise.withResolvers<typeof LATE>();
    const timer = setTimeout(() => late.resolve(LATE), timeout);
    this.#stragglers.add(result);
    const forget = () => void this.#stragglers.delete(result);
    result.then(forget, forget);
    try {
      return await Promise.race([result, late.promise]);
    } finally {
      clearTimer(timer);
    }
  }

  async #whenDone(result: PromiseLike<unknown>): Promise<unknown> {
    this.#waitingSince = now();
    this.#watchSlow();
    try {
      return await result;
    } finally {
      this.#waitingSince = 0;
      this.#isSlow = false;
    }
  }

  /** Looks for a slow item, by one timer for all items: most of them take no time. */
  #watchSlow(): void {
    this.#slowTimer ??= setTimeout(() => {
      this.#slowTimer = undefined;
      if (this.#waitingSince === 0 || this.#isSlow) return;
      if (now() - this.#waitingSince < SLOW_MS) return this.#watchSlow();
      this.#isSlow = true;
      if (this.#begun < this.#received) this.#giveBack();
      else if (this.#answers.size > 0) this.#answers.send().catch(() => {});
    }, SLOW_MS);
  }

  /** Returns all items that have not begun. */
  #giveBack(): void {
    const back: MapAnswer["back"] = [this.#begun, this.#received];
    this.#begun = this.#received;
    this.#batches.drain();
    this.#place = 0;
    this.#answers.send({ back }).catch(() => {});
  }
}
