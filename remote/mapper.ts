/**
 * Runs a function over the items of a channel: a worker of `Group.map`.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { isThenable } from "../channel/receive/callback.ts";
import { ProtocolError, SerializationError } from "../errors.ts";
import { sendableError } from "../protocol/item_error.ts";
import type { MapAnswer } from "../protocol/map_answer.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { Runnable } from "./compile.ts";
import { asError } from "./thrown.ts";

/** Results are sent after this time, while the next ones are being made. */
const ANSWER_MS = 2;
/** An item that takes longer is slow: the items behind it are returned, to run elsewhere. */
const SLOW_MS = 5;

// Captured now: user code may replace it.
const now = performance.now.bind(performance);

/** A worker: receives lists of items, and sends one or more {@linkcode MapAnswer}s for each. */
export class Mapper {
  readonly #channel: Channel;
  readonly #fn: Runnable;
  readonly #args: unknown;
  #queue: unknown[] = [];
  /** The index of the next item in the queue. */
  #next = 0;
  #received = 0;
  #results: unknown[] = [];
  #failures = new Map<number, Error>();
  #since = 0;
  #ended = false;
  /** The time when the item that is awaited began; 0 if none is. */
  #waitingSince = 0;
  #isSlow = false;
  #timer: Timer | undefined;
  #sent: Promise<void> = Promise.resolve();
  #wake = () => {};

  constructor(channel: Channel, fn: Runnable, args: unknown) {
    this.#channel = channel;
    this.#fn = fn;
    this.#args = args;
  }

  /** Runs until the initiator ends the channel. */
  async run(): Promise<void> {
    const end = Symbol();
    this.#channel.setCallback((items) => items === end ? this.#end() : this.#receive(items), {
      endMarker: end,
    });
    const { signal } = this.#channel;
    // An item that never ends does not keep the worker once nobody wants it.
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener("abort", () => resolve())
    );
    try {
      await Promise.race([this.#loop(signal), aborted]);
    } finally {
      clearTimer(this.#timer);
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#next < this.#queue.length) await this.#work();
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  #receive(items: unknown): void {
    if (!Array.isArray(items)) throw new ProtocolError("the items of a map are not a list");
    this.#received += items.length;
    if (this.#isSlow) {
      this.#answer([this.#received - items.length, this.#received]).catch(() => {});
      return;
    }
    if (this.#next === this.#queue.length) {
      this.#queue = items;
      this.#next = 0;
    } else {
      this.#queue.push(...items);
    }
    this.#wake();
  }

  /** Runs the function over all queued items. */
  async #work(): Promise<void> {
    this.#since = now();
    while (this.#next < this.#queue.length) {
      const item = this.#queue[this.#next++];
      try {
        const fn = this.#fn; // called as `this.#fn`, it would be a method of Mapper in stacks
        let result = fn(item, this.#args);
        if (isThenable(result)) result = await this.#whenDone(result);
        this.#results.push(result);
      } catch (thrown) {
        this.#failures.set(this.#results.length, asError(thrown));
        this.#results.push(undefined);
      }
      if (now() - this.#since > ANSWER_MS) await this.#answer();
      if (this.#channel.signal.aborted) return;
    }
    if (this.#results.length > 0) await this.#answer();
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
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#waitingSince === 0 || this.#isSlow) return;
      if (now() - this.#waitingSince < SLOW_MS) return this.#watchSlow();
      this.#isSlow = true;
      const left = this.#queue.length - this.#next;
      this.#next = this.#queue.length;
      const back: MapAnswer["back"] = left === 0
        ? undefined
        : [this.#received - left, this.#received];
      if (left > 0 || this.#results.length > 0) this.#answer(back).catch(() => {});
    }, SLOW_MS);
  }

  /** Sends all results so far, after those before. Rejects when the channel has closed. */
  #answer(back?: MapAnswer["back"]): Promise<void> {
    const time = now();
    const answer: MapAnswer = { ms: time - this.#since, results: this.#results };
    if (this.#failures.size > 0) answer.failures = this.#failures;
    if (back !== undefined) answer.back = back;
    this.#results = [];
    this.#failures = new Map();
    this.#since = time;
    return this.#sent = this.#sent.then(() => this.#send(answer));
  }

  async #send(answer: MapAnswer): Promise<void> {
    try {
      await this.#channel.send(answer);
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error;
      await this.#answerSingly(answer);
    }
  }

  /** Sends each result by itself: one of them cannot be sent, and only its item is to fail. */
  async #answerSingly({ ms, results, failures, back }: MapAnswer): Promise<void> {
    for (const [index, result] of results.entries()) {
      const failure = failures?.get(index);
      const one: MapAnswer = { ms: ms / results.length, results: [result] };
      if (failure !== undefined) one.failures = new Map([[0, failure]]);
      try {
        await this.#channel.send(one);
      } catch (error) {
        if (!(error instanceof SerializationError)) throw error;
        const failures = new Map([[0, sendableError(failure ?? renamed(error))]]);
        await this.#channel.send({ ms: one.ms, results: [undefined], failures });
      }
    }
    if (back !== undefined) await this.#channel.send({ ms: 0, results: [], back });
  }
}

/** Returns the error of a result by the name that its function knows it by. */
function renamed(error: Error): Error {
  error.message = error.message.replace("item.results[0]", "result");
  return error;
}
