/**
 * Several channels as one: what the same code on each gateway of a group is talked to through.
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
 * Several channels as one. Nothing is taken from a channel before somebody asks for it: so each
 * keeps its window, and its items can also be received from itself.
 *
 * As an async iterable it gives `[channel, item]` in the order in which items arrive, until all
 * channels have closed. If some closed with an error, the first of these errors is thrown then: the
 * items of the others come before. Leaving the loop leaves the channels open, and loses nothing.
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
   * Takes channels together, of whatever gateways; each of them once.
   *
   * @throws {TypeError} when there is something among them that is no channel.
   */
  constructor(channels: Iterable<Channel<Receive, Send>>) {
    checkArgument("what a MultiChannel is made of", channels, CHANNELS);
    this.#channels = [...new Set(channels)];
    for (const channel of this.#channels) insideOf(channel);
  }

  /** How many channels it holds. */
  get size(): number {
    return this.#channels.length;
  }

  /** The channel at an index, in the order of the group's gateways; undefined where there is none. */
  get(index: number): Channel<Receive, Send> | undefined {
    return this.#channels[index];
  }

  /** Its channels. */
  [Symbol.iterator](): IterableIterator<Channel<Receive, Send>> {
    return this.#channels.values();
  }

  /**
   * Sends an item on each channel. Resolves when each has taken it, and waits for the slowest.
   *
   * @throws The first channel's error, see {@linkcode Channel.send}, when all others have taken it.
   */
  async sendEach(item: Send, options?: SendOptions): Promise<void> {
    checkOptions("sendEach", options, SEND_OPTIONS);
    await allOf(this.#channels.map((channel) => channel.send(item, options)));
  }

  /**
   * The next item of each channel, in the order of the channels. Nothing is taken before each has
   * one: after an error, no item is lost.
   *
   * @throws {TimeoutError} after `timeout` milliseconds (default: no bound).
   * @throws {RemoteError} as soon as one channel has nothing left but its peer's error.
   * @throws {ChannelClosedError} as soon as one has nothing left at all.
   * @throws {GatewayClosedError} as soon as one's gateway is gone, and all that it sent was received.
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

  /** See {@linkcode MultiChannel}. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[Channel<Receive, Send>, Receive], undefined> {
    return new MergedChannels(this.#channels);
  }

  /**
   * Waits until each channel has closed on both sides, see {@linkcode Channel.waitClose}.
   *
   * @throws The first error in time, when all others have closed too (or `timeout` milliseconds are
   * over; default: no bound).
   */
  async waitClose(options?: WaitOptions): Promise<void> {
    checkOptions("waitClose", options, WAIT_OPTIONS);
    await allOf(this.#channels.map((channel) => channel.waitClose(options)));
  }

  /** No more items from here, on each channel, see {@linkcode Channel.closeSend}. */
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

/** Waits for all; then throws what was the first to fail in time. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const errors: unknown[] = [];
  await Promise.all(promises.map((promise) => promise.catch((error) => errors.push(error))));
  if (errors.length > 0) throw errors[0];
}
