/**
 * Channels, over which both sides of an execution exchange items.
 *
 * @module
 */

import { checkArgument, checkOptions, FUNCTION, type OptionRules } from "../internal/arguments.ts";
import {
  CALLBACK_OPTIONS,
  type CallbackOptions,
  SEND_OPTIONS,
  type SendOptions,
} from "./options.ts";
import type { ChannelCore } from "./core.ts";
import { readableOf, writableOf } from "./streams.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";

/** The gateway of a channel: a {@linkcode Gateway}, or on the remote side an object that stands for it. */
export interface ChannelGateway {
  /** The gateway's id, such as `gw0`. */
  readonly id: string;
  /** Makes a channel, to be sent to the other side over another one. */
  newChannel<Receive = unknown, Send = unknown>(): Channel<Receive, Send>;
}

let create: (core: ChannelCore) => Channel;
let inside: (value: object) => ChannelCore | undefined;

/**
 * One end of a two-way queue of items. What one side sends, the other receives, in order and by
 * value. `Receive` is the type of the items from the peer, `Send` the type of those to it.
 *
 * A channel is an async iterable of the items that it receives. Each direction has a window (1 MiB; on
 * a long link up to 16): `send` waits while a whole window of items waits to be received.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`for await (const n of channel) await channel.send(n * 2);`);
 * await channel.send(21);
 * assertEquals(await channel.receive(), 42);
 * channel.closeSend();
 * await channel.waitClose();
 * ```
 */
export class Channel<Receive = unknown, Send = unknown>
  implements AsyncIterable<Receive>, AsyncDisposable {
  readonly #core: ChannelCore;
  #readable: ReadableStream<Receive> | undefined;
  #writable: WritableStream<Send> | undefined;

  private constructor(core: ChannelCore) {
    if (core === undefined) {
      throw new TypeError("a channel is made by remoteExec, or by newChannel() of a gateway");
    }
    this.#core = core;
  }

  static {
    create = (core) => new Channel(core);
    inside = (value) => #core in value ? value.#core : undefined;
  }

  /** The number that both sides know the channel by; unique within its connection. */
  get id(): number {
    const { binding } = this.#core;
    binding.bindHome(); // a channel has a number only on a connection
    return binding.id;
  }

  /** The gateway it belongs to; on the remote side, an object with `id` and `newChannel()`. */
  get gateway(): ChannelGateway {
    return this.#core.binding.context.owner as ChannelGateway;
  }

  /** Whether either side has closed it. Items that arrived before can still be received. */
  get closed(): boolean {
    return this.#core.lifecycle.isClosed;
  }

  /** Aborted when the channel closes: for a running execution, the request to stop. */
  get signal(): AbortSignal {
    return this.#core.lifecycle.signal;
  }

  /**
   * Sends an item. Resolves when it has room in the peer's window and in the next write, which
   * leaves when the caller pauses, and after a millisecond at the latest. Await each call: that is the
   * backpressure, and it leaves the event loop time for others.
   *
   * @throws {SerializationError} when it, or a part of it, cannot be sent; the channel stays open.
   * @throws {ChannelClosedError} after the close, or `closeSend`.
   * @throws {GatewayClosedError} when the gateway is gone.
   */
  send(item: Send, options?: SendOptions): Promise<void> {
    if (options === undefined) return this.#core.send(item);
    return checked("send", options, SEND_OPTIONS) ?? this.#core.send(item, options.signal);
  }

  /**
   * Receives the next item.
   *
   * @throws {TimeoutError} after `timeout` milliseconds (default: no limit); the channel stays usable.
   * @throws {RemoteError} once, when the peer closed the channel with an error.
   * @throws {ChannelClosedError} when there are no more items.
   * @throws {GatewayClosedError} when the gateway is gone.
   */
  receive(options?: WaitOptions): Promise<Receive> {
    if (options === undefined) return this.#core.received.receive() as Promise<Receive>;
    return checked("receive", options, WAIT_OPTIONS) ??
      this.#core.received.receive(options) as Promise<Receive>;
  }

  /**
   * Iterates over the items until the peer has ended sending. Leaving the loop leaves the channel open.
   *
   * @throws {RemoteError} when the peer closed the channel with an error.
   * @throws {ChannelClosedError} when either side closed it before, so that items may be missing.
   * @throws {GatewayClosedError} when the gateway was lost before.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Receive, undefined> {
    return {
      // By `this`: whoever iterates keeps the channel.
      next: () => this.#core.received.next() as Promise<IteratorResult<Receive, undefined>>,
      return: () => Promise.resolve({ value: undefined, done: true }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * Calls `callback` with each item: first the queued ones, then others as they arrive, one at a time.
   * A promise that it returns is awaited, which is the backpressure. Afterwards `receive` throws. If
   * the callback throws, the peer's side is closed with that error.
   *
   * @throws {ExecnetError} when there is a callback already, or something waits to receive.
   * @throws {TypeError} when `callback` is not a function.
   */
  setCallback<Marker = never>(
    callback: (item: Receive | Marker) => unknown,
    options?: CallbackOptions<Marker>,
  ): void {
    checkArgument("the callback of setCallback", callback, FUNCTION);
    checkOptions("setCallback", options, CALLBACK_OPTIONS);
    const marker = options !== undefined && "endMarker" in options
      ? { value: options.endMarker }
      : undefined;
    const call = (item: unknown) => callback(item as Receive | Marker);
    const onError = options?.onError?.bind(options);
    this.#core.received.setConsumer({ kind: "callback", call, onError, endMarker: marker });
  }

  /**
   * Closes the channel. Closing it again does nothing. The peer receives what was sent before, then
   * `error`, if there is one, as a {@linkcode RemoteError}. Closing the channel of an execution asks
   * the execution to stop, see {@linkcode Channel.signal}.
   *
   * @throws {ExecnetError} inside an execution, for that execution's own channel.
   */
  close(error?: unknown): void {
    this.#core.lifecycle.close(error);
  }

  /** Ends sending. Items from the peer are still received. Calling it again does nothing. */
  closeSend(): void {
    this.#core.lifecycle.closeSend();
  }

  /**
   * Waits until both sides have closed (for an execution: until it has ended) and the callback, if
   * there is one, has run for the last time. Inside an execution, on its own channel: until the
   * other side has closed, or ended sending.
   *
   * @throws {RemoteError} when the peer closed with an error, each time.
   * @throws {TimeoutError} after `timeout` milliseconds (default: no limit).
   * @throws {GatewayClosedError} when the gateway was lost before.
   */
  waitClose(options?: WaitOptions): Promise<void> {
    return checked("waitClose", options, WAIT_OPTIONS) ?? this.#core.waitClose(options);
  }

  /**
   * The items that it receives, as a stream. Cancelling it closes the channel. Inside an execution,
   * the execution goes on, and may send.
   */
  get readable(): ReadableStream<Receive> {
    return this.#readable ??= readableOf<Receive>(this.#core, () => this.#core.received.next());
  }

  /**
   * A stream whose chunks it sends as items. Closing the stream is `closeSend`; aborting it closes the
   * channel. Inside an execution, aborting it fails the execution with the reason.
   */
  get writable(): WritableStream<Send> {
    return this.#writable ??= writableOf<Send>(this.#core, (item) => this.#core.send(item));
  }

  /** Closes the channel and waits until both sides have, whatever the outcome. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#core.lifecycle.close();
    await this.#core.waitClose().catch(() => {});
  }

  /** For `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Channel(${this.#core.binding.label}, ${this.#core.lifecycle.state})`;
  }
}

/** Returns a rejection if the options are wrong: a method that returns a promise does not throw. */
function checked<Options>(
  method: string,
  options: Options | undefined,
  rules: OptionRules<Options>,
): Promise<never> | undefined {
  try {
    checkOptions(method, options, rules);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Returns the channel around a core; makes it if there is none any more. */
export function channelOf(core: ChannelCore): Channel {
  const { handle } = core.binding;
  if (handle.channel !== undefined) return handle.channel as Channel;
  const channel = create(core);
  handle.attach(channel);
  return channel;
}

/** Returns the core of a channel. */
export function coreOf(channel: Channel<unknown, never>): ChannelCore;
/** Returns the core of a channel, or undefined if `value` is none. */
export function coreOf(value: object): ChannelCore | undefined;
export function coreOf(value: object): ChannelCore | undefined {
  return inside(value);
}
