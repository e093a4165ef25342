/**
 * Several channels as one iteration. No item is received before the iteration asks for it.
 *
 * @module
 */

import { described } from "../internal/arguments.ts";
import { type Channel, coreOf } from "./channel.ts";
import type { ChannelCore } from "./core.ts";
import { watch } from "./receive/watchers.ts";
import { bounded, type WaitOptions } from "../internal/wait.ts";
import { TimeoutError } from "../errors.ts";

/**
 * Returns the core of a channel.
 *
 * @throws {TypeError} when it is something else.
 */
export function insideOf(channel: Channel<unknown, never>): ChannelCore {
  const isObject = typeof channel === "object" && channel !== null;
  const core = isObject ? coreOf(channel) : undefined;
  if (core !== undefined) return core;
  throw new TypeError(`a MultiChannel holds channels, and nothing else, not ${described(channel)}`);
}

interface ReadableOptions extends WaitOptions {
  /** Whether to wait for each channel. Default: for any of them. */
  every?: boolean;
  /** The time when `timeout` is over, on the clock of `performance.now()`. */
  deadline?: number;
}

/**
 * Waits until an item, or the end, can be received from one of the channels. With `every`, it waits
 * for each of them, but no longer than until one has ended.
 */
export async function whenReadable(
  cores: readonly ChannelCore[],
  { every = false, deadline = Infinity, ...options }: ReadableOptions = {},
): Promise<void> {
  const stops: (() => void)[] = [];
  try {
    const ready = new Promise<void>((resolve) => {
      let missing = every ? cores.length : 1;
      for (const core of cores) {
        stops.push(watch(core.received, core.binding, () => {
          if (--missing === 0 || core.received.isAtEnd) resolve();
        }));
      }
    });
    const left = deadline === Infinity ? undefined : Math.max(0, deadline - performance.now());
    const bounds = { signal: options.signal, timeout: left };
    await bounded(ready, bounds, () => expired(cores, options.timeout));
  } finally {
    for (const stop of stops) stop();
  }
}

function expired(cores: readonly ChannelCore[], timeout: number | undefined): Error {
  const silent = cores
    .filter(({ received }) => received.sequence === undefined)
    .map(({ binding }) => binding.label);
  const more = silent.length > 3 ? ` and ${silent.length - 3} more` : "";
  return new TimeoutError(
    `nothing was received on ${
      silent.slice(0, 3).join(", ")
    }${more} within ${timeout} ms; they stay ` +
      `open, and no item of the others is lost`,
  );
}

/** Returns the channel with the item, or the end, that was received first. */
function earliest(cores: Iterable<ChannelCore>): ChannelCore | undefined {
  let first: ChannelCore | undefined;
  let least = Infinity;
  for (const core of cores) {
    const { sequence = Infinity } = core.received;
    if (sequence < least) [first, least] = [core, sequence];
  }
  return first;
}

/**
 * Iterates over several channels, in the order in which their items were received. Where the wait for
 * an item fails, the next call of `next` waits again.
 */
export class MergedChannels<Receive, Send>
  implements AsyncIterableIterator<[Channel<Receive, Send>, Receive], undefined> {
  readonly #open: Map<ChannelCore, Channel<Receive, Send>>;
  readonly #ended: ChannelCore[] = [];
  readonly #stop = new AbortController();
  readonly #options: WaitOptions;
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(channels: Iterable<Channel<Receive, Send>>, options: WaitOptions = {}) {
    const { signal } = options;
    const stop = this.#stop.signal;
    this.#options = options;
    this.#signal = signal === undefined ? stop : AbortSignal.any([stop, signal]);
    this.#open = new Map(Array.from(channels, (channel) => [insideOf(channel), channel]));
  }

  next(): Promise<IteratorResult<[Channel<Receive, Send>, Receive], undefined>> {
    const next = this.#last.then(() => this.#next());
    this.#last = next.catch(() => {});
    return next;
  }

  return(): Promise<IteratorResult<[Channel<Receive, Send>, Receive], undefined>> {
    this.#stop.abort();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #next(): Promise<IteratorResult<[Channel<Receive, Send>, Receive], undefined>> {
    const { signal } = this.#stop;
    const { timeout } = this.#options;
    const deadline = performance.now() + (timeout ?? Infinity);
    if (!signal.aborted) this.#signal.throwIfAborted();
    while (this.#open.size > 0 && !signal.aborted) {
      const core = earliest(this.#open.keys());
      if (core === undefined) {
        const bounds = { signal: this.#signal, timeout, deadline };
        await whenReadable([...this.#open.keys()], bounds).catch((error) => {
          if (!signal.aborted) throw error;
        });
      } else if (core.received.isAtEnd) {
        this.#open.delete(core);
        this.#ended.push(core);
      } else {
        const channel = this.#open.get(core) as Channel<Receive, Send>;
        return { value: [channel, await core.received.receive() as Receive], done: false };
      }
    }
    // The errors come last, so that the failure of one channel loses no item of the others.
    while (!signal.aborted) {
      const core = this.#ended.shift();
      if (core === undefined) break;
      await core.received.next();
    }
    return { value: undefined, done: true };
  }
}
