/**
 * The multiplexer: many channels over one stream of bytes. Both sides run this code.
 *
 * @module
 */

import type { RemoteErrorInit } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import type { WaitOptions } from "../../internal/wait.ts";
import type { ByteStream } from "../../protocol/byte_stream.ts";
import { DEFAULT_LIMITS, FrameType, type Limits } from "../../protocol/constants.ts";
import type { StatusReport } from "../../protocol/control.ts";
import { type Frame, FrameDecoder } from "../../protocol/frames.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { type Hello, PreambleDecoder } from "../../protocol/preamble.ts";
import { type Channel, channelOf } from "../channel.ts";
import { Binding, type ChannelContext, type ChannelOwner } from "../binding.ts";
import { ChannelCore } from "../core.ts";
import type { ChannelRole } from "../state.ts";
import { ConnectionCredit } from "../connection_credit.ts";
import { ConnectionWindow } from "../connection_window.ts";
import { Scheduler } from "../send/scheduler.ts";
import { ChannelIds, ChannelTable } from "./channel_table.ts";
import { ReceivedCode } from "./code_cache.ts";
import { dispatch, type FrameTarget } from "./dispatch.ts";
import type { ConnectionHandler, InitiatorHandler } from "./handler.ts";
import { References } from "./references.ts";

/** A multiplexed connection. */
export class Connection implements ChannelContext {
  readonly codec: ItemCodec;
  readonly scheduler: Scheduler;
  readonly credit: ConnectionCredit = new ConnectionCredit();
  readonly window: ConnectionWindow;
  readonly maxItemBytes: number;
  readonly peerGateway: string | undefined;
  readonly #handler: ConnectionHandler;
  readonly #stream: ByteStream;
  readonly #preamble: PreambleDecoder;
  readonly #decoder = new FrameDecoder();
  readonly #channels: ChannelTable;
  readonly #references: References;
  readonly #target: FrameTarget;
  readonly #hello = Promise.withResolvers<Hello>();
  #peer: Hello | undefined;
  #lost: Error | undefined;
  #heard = 0;

  constructor(stream: ByteStream, handler: ConnectionHandler, changed: Partial<Limits> = {}) {
    const limits = { ...DEFAULT_LIMITS, ...changed };
    const { side, tap, ids = new ChannelIds(side) } = handler;
    const channels = this.#channels = new ChannelTable(side, ids, limits.maxChannels);
    this.#handler = handler;
    this.#stream = stream;
    this.#preamble = new PreambleDecoder(limits, side);
    this.maxItemBytes = limits.maxItemBytes;
    this.peerGateway = side === "initiator" ? handler.owner.id : undefined;
    const references = this.#references = new References(this, channels, handler);
    this.codec = new ItemCodec(references, limits.maxItemDepth, limits.maxDecodedBytes);
    const scheduler = this.scheduler = new Scheduler(stream, (error) => this.close(error), tap);
    this.#target = {
      handler,
      channels,
      scheduler,
      credit: this.credit,
      window: this.window = new ConnectionWindow(limits, scheduler),
      code: new ReceivedCode(),
      accept: (id, role) => channelOf(channels.accept(id, (id) => this.#make(id, role))),
    };
    this.#hello.promise.catch(() => {}); // whoever needs the hello awaits it
  }

  /** Begins to read. `first` is written ahead of everything, such as this side's preamble. */
  start(...first: readonly Uint8Array[]): void {
    for (const bytes of first) this.scheduler.raw(bytes);
    this.window.open();
    this.#stream.start({
      data: (chunk) => this.#receive(chunk),
      end: (error) => this.close(error),
    });
  }

  /** The peer's hello; rejects if the connection ends before. */
  get hello(): Promise<Hello> {
    return this.#hello.promise;
  }

  /** What was received before the handshake, such as a login banner. */
  get noise(): string {
    return this.#preamble.noise;
  }

  get owner(): ChannelOwner {
    return this.#handler.owner;
  }

  /** The peer's hello, once it was received. */
  get peer(): Hello | undefined {
    return this.#peer;
  }

  get peerMaxItemBytes(): number {
    return this.#peer?.maxItemBytes ?? DEFAULT_LIMITS.maxItemBytes;
  }

  /** The number of open channels. */
  get channelCount(): number {
    return this.#channels.size;
  }

  /** Why the connection is gone, if it is. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Makes a channel that the peer learns of at once. */
  newChannel(): Channel {
    this.#checkOpen();
    const core = this.#channels.open((id) => this.#make(id, "plain"));
    this.scheduler.frame(FrameType.OPEN, core.binding.id);
    return channelOf(core);
  }

  /** Makes the channel of an execution; the peer learns of it by the frame that asks for that. */
  newExecution(): Channel {
    this.#checkOpen();
    return channelOf(this.#channels.open((id) => this.#make(id, "execution")));
  }

  /** Takes in a channel that has no connection yet. */
  adopt(core: ChannelCore): void {
    this.#checkOpen();
    this.#channels.open((id) => {
      this.scheduler.frame(FrameType.OPEN, id);
      core.binding.bind(this, id);
      return core;
    });
    this.#references.inUse(core);
  }

  idOf(value: object): number | undefined {
    return this.#references.idOf(value);
  }

  /** Resolves when no channel is open any more. */
  idle(): Promise<void> {
    return this.#channels.empty();
  }

  /** Resolves when all that was sent so far on its channels has left, or was given up. */
  async flushed(): Promise<void> {
    await Promise.all(this.#channels.all.map((core) => core.sendQueue.flushed()));
    await this.written();
  }

  /** The same without what waits for the peer's windows. */
  async written(): Promise<void> {
    await this.scheduler.drained();
    await this.#stream.flushed();
  }

  /** Closes the channels that are open, after all that was sent; resolves when that was written. */
  async closeChannels(): Promise<void> {
    for (const core of this.#channels.all) core.lifecycle.closeInOrder();
    await this.written();
  }

  /**
   * Asks the peer what it runs.
   *
   * @throws {TimeoutError} after `timeout` milliseconds; a later answer is dropped.
   */
  async requestStatus(options?: WaitOptions): Promise<StatusReport> {
    this.#checkOpen();
    return await (this.#handler as InitiatorHandler).statusRequests.ask(this, options);
  }

  /** The number of chunks received so far: while it rises, the peer lives. */
  get heard(): number {
    return this.#heard;
  }

  /** Makes a peer that is well send some bytes; nobody waits for them. */
  ping(): void {
    if (this.#lost === undefined) this.scheduler.frame(FrameType.PING, 0);
  }

  /** Asks the peer to end, and lets its executions run for `graceMs` more. */
  requestExit(graceMs: number): void {
    if (this.#lost === undefined) this.scheduler.frame(FrameType.EXIT, 0, undefined, graceMs);
  }

  /** Ends the connection: everything that waits on it fails. */
  close(error?: Error): void {
    if (this.#lost !== undefined) return;
    const reason = this.#lost = this.#handler.lost(error);
    this.scheduler.stop();
    this.#stream.closeWrite();
    this.#hello.reject(reason);
    if (this.#handler.side === "initiator") this.#handler.statusRequests.fail(reason);
    for (const core of this.#channels.all) core.lose(reason);
  }

  itemsDecoded(bytes: number): void {
    this.#handler.itemsDecoded?.(bytes);
  }

  advise(message: string): string | undefined {
    if (this.#handler.side === "initiator") return this.#handler.advise?.(message);
  }

  boundError(init: RemoteErrorInit, bytes: number, keeper: object): RemoteErrorInit {
    if (this.#handler.side !== "initiator") return init;
    return this.#handler.boundError?.(init, bytes, keeper) ?? init;
  }

  hold(): Hold {
    return this.#handler.hold();
  }

  release(id: number): void {
    this.#references.release(id);
  }

  #receive(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#lost !== undefined) return;
    this.#heard++;
    try {
      if (this.#peer === undefined) {
        const greeting = this.#preamble.push(chunk);
        if (greeting === undefined) return;
        this.#peer = greeting.hello;
        this.#hello.resolve(greeting.hello);
        chunk = greeting.rest;
      }
      this.#decoder.push(chunk, this.#receiveFrame);
    } catch (error) {
      this.close(toError(error));
    }
  }

  readonly #receiveFrame = (frame: Frame): boolean => {
    this.#handler.tap?.received(frame);
    dispatch(frame, this.#target);
    return this.#lost === undefined;
  };

  #make(id: number, role: ChannelRole): ChannelCore {
    return new ChannelCore(new Binding(this, id), role);
  }

  #checkOpen(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }
}
