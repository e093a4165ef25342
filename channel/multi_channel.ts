/**
 * Several channels as one, such as those of the same code on each gateway of a group.
 *
 * @module
 */

import { checkArgument, checkOptions, type OptionRule } from "../internal/arguments.ts";
import type { Channel } from "./channel.ts";
import { SEND_OPTIONS, type SendOptions } from "./options.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";
import { insideOf, MergedChannels, whenReadable } from "./merge.ts";

const CHANNELS: OptionRule = {
  wanted: "a list, such as [first, second]",
  isRight: (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
};

/**
 * Several channels as one. It receives no item before somebody asks for one: so each channel keeps
 * its window, and its items can also be received from the channel itself.
 *
 * As an async iterable it yields `[channel, item]` in the order in which items arrive, until all
 * channels have closed. If some closed with an error, the first of these errors is thrown then, after
 * the items of the others. Leaving the loop leaves the channels open, and loses no item.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen", "popen"]);
 * const channels = group.remoteExec(async function* (channel, base: number) {
 *   yield base + (await channel.receive() as number);
 * }, 10);
 * await channels.sendEach(5);
 * const seen: string[] = [];
 * for await (const [channel, item] of channels) seen.push(`${channel.gateway.id}: ${item}`);
 * assertEquals(seen.sort(), ["gw0: 15", "gw1: 15"]);
 * ```
 */
export class MultiChannel<Receive = unknown, Send = unknown>
  implements
    Iterable<Channel<Receive, Send>>,
    AsyncIterable<[Channel<Receive, Send>, Receive]>,
    AsyncDisposable {
  readonly #channels: readonly Channel<Receive, Send>[];

  /**
   * Joins channels, of any gateways. A channel that is given twice counts once.
   *
   * @throws {TypeError} when something among them is not a channel.
   */
  constructor(channels: Iterable<Channel<Receive, Send>>) {
    checkArgument("what a MultiChannel is made of", channels, CHANNELS);
    this.#channels = [...new Set(channels)];
    for (const channel of this.#channels) insideOf(channel);
  }

  /** The number of channels. */
  get size(): number {
    return this.#channels.length;
  }

  /** Returns the channel at an index, in the order of the group's gateways, or undefined. */
  get(index: number): Channel<Receive, Send> | undefined {
    return this.#channels[index];
  }

  /** Iterates over the channels. */
  [Symbol.iterator](): IterableIterator<Channel<Receive, Send>> {
    return this.#channels.values();
  }

  /**
   * Sends an item on each channel. Resolves when it was sent on all of them: it waits for the slowest.
   *
   * @throws The error of the first channel that failed, see {@linkcode Channel.send}, when the item was
   * sent on all others.
   */
  async sendEach(item: Send, options?: SendOptions): Promise<void> {
    checkOptions("sendEach", options, SEND_OPTIONS);
    await allOf(this.#channels.map((channel) => channel.send(item, options)));
  }

  /**
   * Receives the next item of each channel, in the order of the channels. It receives none before each
   * channel has one: after an error, no item is lost.
   *
   * @throws {TimeoutError} after `timeout` milliseconds (default: no limit).
   * @throws {RemoteError} as soon as one channel has nothing left but the error of its peer.
   * @throws {ChannelClosedError} as soon as one channel has nothing left.
   * @throws {GatewayClosedError} as soon as one channel has nothing left, and its gateway is gone.
   */
  async receiveEach(options?: WaitOptions): Promise<Receive[]> {
    checkOptions("receiveEach", options, WAIT_OPTIONS);
    const cores = this.#channels.map(insideOf);
    const queues = cores.map(({ received }) => received);
    const deadline = performance.now() + (options?.timeout ?? Infinity);
    for (;;) {
      const ended = queues.filter(({ isAtEnd }) => isAtEnd)
        .sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
      if (ended.length > 0) await ended[0].receive();
      if (queues.every(({ sequence }) => sequence !== undefined)) {
        return await Promise.all(queues.map((queue) => queue.receive())) as Receive[];
      }
      await whenReadable(cores, { ...options, deadline, every: true });
    }
  }

  /** Iterates over the items of all channels, see {@linkcode MultiChannel}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[Channel<Receive, Send>, Receive], undefined> {
    return this.items();
  }

  /**
   * The same iteration with a limit of time for each item. After a TimeoutError, or an abort, all
   * channels are as they were: this iterator goes on, and so does a new one.
   *
   * @throws {TypeError} if an option is unknown or of a wrong type. Its `next` rejects with a
   * {@linkcode TimeoutError} if no item of any channel is received within `timeout` milliseconds
   * (default: no limit), or with the reason of the `signal`.
   *
   * @example
   * ```ts
   * import { Group, TimeoutError } from "@x/execnet";
   * import { assertEquals, assertRejects } from "@std/assert";
   *
   * await using group = await Group.open(["popen", "popen"]);
   * const channels = group.remoteExec(async (channel) => {
   *   await channel.send(await channel.receive());
   * });
   * const items = channels.items({ timeout: 50 });
   * await assertRejects(() => items.next(), TimeoutError);
   * await channels.sendEach("now");
   * assertEquals((await Array.fromAsync(channels.items())).map(([, item]) => item), ["now", "now"]);
   * ```
   */
  items(
    options?: WaitOptions,
  ): AsyncIterableIterator<[Channel<Receive, Send>, Receive], undefined> {
    checkOptions("items", options, WAIT_OPTIONS);
    return new MergedChannels(this.#channels, options);
  }

  /**
   * Waits until each channel has closed on both sides, see {@linkcode Channel.waitClose}.
   *
   * @throws The error that occurred first, when all others have closed too, or `timeout` milliseconds
   * are over (default: no limit).
   */
  async waitClose(options?: WaitOptions): Promise<void> {
    checkOptions("waitClose", options, WAIT_OPTIONS);
    await allOf(this.#channels.map((channel) => channel.waitClose(options)));
  }

  /** Ends sending on each channel, see {@linkcode Channel.closeSend}. */
  closeSend(): void {
    for (const channel of this.#channels) channel.closeSend();
  }

  /** Closes each channel, see {@linkcode Channel.close}. */
  close(error?: unknown): void {
    for (const channel of this.#channels) channel.close(error);
  }

  /** Closes each channel and waits until both sides have, whatever the outcome. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.waitClose().catch(() => {});
  }

  /** For `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `MultiChannel(${this.size})`;
  }
}

/** Waits for all promises, then throws the error that occurred first. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const errors: unknown[] = [];
  await Promise.all(promises.map((promise) => promise.catch((error) => errors.push(error))));
  if (errors.length > 0) throw errors[0];
}
