/**
 * The multiplexer: many channels over one stream of bytes. Both sides run this code.
 *
 * @module
 */

import { ChannelClosedError, ProtocolError, TimeoutError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import type { ByteStream } from "../../protocol/byte_stream.ts";
import { DEFAULT_LIMITS, FrameType, type Limits } from "../../protocol/constants.ts";
import {
  decodeExecRequest,
  decodeStatusReport,
  encodeExecRequest,
  encodeStatusReport,
  type ExecRequest,
  type KeptCode,
  type StatusReport,
} from "../../protocol/control.ts";
import { type Frame, FrameDecoder } from "../../protocol/frames.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { type Hello, PreambleDecoder } from "../../protocol/preamble.ts";
import { Bridges } from "./bridge.ts";
import { type Channel, channelOf, coreOf } from "../channel.ts";
import { type CodeHash, KeptCodes, ReceivedCodes } from "./code_cache.ts";
import { ChannelIds, ChannelTable, type Side } from "./channel_table.ts";
import { ChannelCore, type ChannelOwner, type ChannelRole, type CoreContext } from "../core.ts";
import type { Advisor } from "../remote_error.ts";
import { Scheduler } from "../send/scheduler.ts";
import { StatusRequests } from "./status_requests.ts";
import { bounded, type WaitOptions } from "../../internal/wait.ts";

/** What the user of a connection does with what concerns no channel. */
export interface ConnectionHandler {
  /** Which side this is. */
  readonly side: Side;
  /** What channels give as their `gateway`. */
  readonly owner: ChannelOwner;
  /** Numbers of this side's channels, where connections share them; default: its own. */
  readonly ids?: ChannelIds;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
  /** So many bytes have come as items, which have memory of their own. */
  itemsCame?(bytes: number): void;
  /** Initiator only: names code, so that it is sent once; without it, it is sent each time. */
  readonly hash?: CodeHash;
  /** Initiator only: what to do about an error of the remote, by its message. */
  advise?(message: string): string | undefined;
  /** Remote only: run this; what is not kept comes as the first item. */
  exec?(channel: Channel, core: ChannelCore, request: ExecRequest, kept?: KeptCode): void;
  /** Remote only: what runs. */
  status?(): StatusReport;
  /** Remote only: the initiator asks this side to end. */
  exit?(): void;
  /**
   * The stream ended (no error), broke, or the peer broke the protocol. Returns what everything
   * that waits on the connection fails with.
   */
  lost(error: Error | undefined): Error;
}

/** A multiplexed connection. */
export class Connection implements CoreContext {
  readonly codec: ItemCodec;
  readonly scheduler: Scheduler;
  readonly maxItemBytes: number;
  readonly advise: Advisor = (message) => this.#handler.advise?.(message);
  readonly #handler: ConnectionHandler;
  readonly #stream: ByteStream;
  readonly #limits: Limits;
  readonly #preamble: PreambleDecoder;
  readonly #decoder = new FrameDecoder();
  readonly #channels: ChannelTable;
  readonly #bridges = new Bridges();
  readonly #hello = Promise.withResolvers<Hello>();
  readonly #codes: KeptCodes | undefined;
  readonly #received = new ReceivedCodes();
  readonly #statusRequests = new StatusRequests();
  #peer: Hello | undefined;
  #lost: Error | undefined;
  #heard = 0;

  constructor(stream: ByteStream, handler: ConnectionHandler, limits: Partial<Limits> = {}) {
    this.#handler = handler;
    this.#stream = stream;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.maxItemBytes = this.#limits.maxItemBytes;
    const { side, ids = new ChannelIds(side) } = handler;
    this.#channels = new ChannelTable(side, ids, this.#limits.maxChannels);
    this.#preamble = new PreambleDecoder(this.#limits);
    this.#hello.promise.catch(() => {}); // who needs the hello awaits it, others need not care
    this.codec = new ItemCodec({
      idOf: (value) => this.idOf(value),
      byId: (id) => this.#byId(id),
    }, this.#limits.maxItemDepth);
    this.#codes = handler.hash === undefined ? undefined : new KeptCodes(handler.hash);
    this.scheduler = new Scheduler(stream, (error) => this.close(error));
  }

  /** Begins to read. `first` is written ahead of everything: this side's hello, if it is still to be said. */
  start(...first: readonly Uint8Array[]): void {
    for (const bytes of first) this.scheduler.raw(bytes);
    this.#stream.start({
      data: (chunk) => this.#data(chunk),
      end: (error) => this.close(error),
    });
  }

  /** What the peer told of itself; rejects when the connection ends before. */
  get hello(): Promise<Hello> {
    return this.#hello.promise;
  }

  /** What came before the handshake. */
  get noise(): string {
    return this.#preamble.noise;
  }

  get owner(): ChannelOwner {
    return this.#handler.owner;
  }

  /** What the peer told of itself, once it has. */
  get peer(): Hello | undefined {
    return this.#peer;
  }

  get peerMaxItemBytes(): number {
    return this.#peer?.maxItemBytes ?? DEFAULT_LIMITS.maxItemBytes;
  }

  /** Channels open now. */
  get channelCount(): number {
    return this.#channels.size;
  }

  /** Why the connection is gone, if it is. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  /** Makes a channel that the peer learns of at once. */
  newChannel(): Channel {
    if (this.#lost !== undefined) throw this.#lost;
    const channel = this.#channels.open((id) => this.#make(id, "plain"));
    this.scheduler.frame(FrameType.OPEN, channel.id);
    return channel;
  }

  /**
   * Asks the peer to run something: now, or when its text is there.
   *
   * @throws {SerializationError} when `args` cannot travel; nothing was sent then.
   */
  exec(request: ExecRequest, code: string | Promise<string>, args: unknown): Channel {
    if (this.#lost !== undefined) throw this.#lost;
    const argsBytes = this.codec.own(this.codec.encode(args, "args"));
    if (typeof code !== "string") return this.#execLater(request, code, argsBytes);
    const channel = this.#channels.open((id) => this.#make(id, "execution"));
    // While frames wait, code waits with them, under the channel's window. A relay has none.
    const kept = this.scheduler.idle && request.kind !== "relay"
      ? this.#codes?.keep(request, code)
      : undefined;
    if (kept === undefined) {
      this.scheduler.frame(FrameType.EXEC, channel.id, encodeExecRequest(request));
      coreOf(channel)?.sendEncoded(this.codec.own(this.codec.encode(code)));
    } else {
      if (kept.payload !== undefined) this.scheduler.frame(FrameType.CODE, 0, kept.payload);
      this.scheduler.frame(FrameType.EXEC_KEPT, channel.id, kept.hash);
    }
    coreOf(channel)?.sendEncoded(argsBytes);
    return channel;
  }

  /** The code comes over a channel of its own, so that items sent meanwhile keep their order. */
  #execLater(request: ExecRequest, code: Promise<string>, argsBytes: Uint8Array): Channel {
    const supply = this.newChannel();
    const channel = this.#channels.open((id) => this.#make(id, "execution"));
    const core = coreOf(channel);
    this.scheduler.frame(FrameType.EXEC, channel.id, encodeExecRequest(request));
    core?.sendEncoded(this.codec.own(this.codec.encode(supply)));
    core?.sendEncoded(argsBytes);
    channel.signal.addEventListener("abort", () => supply.close());
    code.then((text) => supply.send(text)).catch((error) => core?.reset(error));
    return channel;
  }

  /** Takes in a channel that has no connection yet. */
  adopt(channel: Channel): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#channels.open((id) => {
      this.scheduler.frame(FrameType.OPEN, id);
      coreOf(channel)?.bind(id, this);
      return channel;
    });
  }

  /** Resolves when no channel is open any more. */
  idle(): Promise<void> {
    return this.#channels.empty();
  }

  /** Resolves when all that was sent so far on its channels has left, or was given up. */
  async flushed(): Promise<void> {
    await Promise.all(this.#channels.all.map((channel) => coreOf(channel)?.flushed()));
    await this.written();
  }

  /** The same without what waits for the peer's windows. */
  async written(): Promise<void> {
    await this.scheduler.drained();
    await this.#stream.flushed();
  }

  /** Closes the channels that are open, without an error; resolves when the peer is told. */
  async closeChannels(): Promise<void> {
    for (const channel of this.#channels.all) channel.close();
    await this.written();
  }

  /**
   * Asks the peer what it runs.
   *
   * @throws {TimeoutError} after `timeout` milliseconds; an answer that comes later is dropped.
   */
  async requestStatus(options?: WaitOptions): Promise<StatusReport> {
    if (this.#lost !== undefined) throw this.#lost;
    const { request, answer } = this.#statusRequests.add();
    this.scheduler.frame(FrameType.STATUS_REQUEST, request);
    using _hold = this.hold();
    try {
      return await bounded(answer, options, () =>
        new TimeoutError(
          `gateway ${this.owner.id} did not tell its status within ${options?.timeout} ms`,
        ));
    } finally {
      this.#statusRequests.drop(request);
    }
  }

  /** How often something has come from the peer. */
  get heard(): number {
    return this.#heard;
  }

  /** Makes a peer that is well send some bytes; nobody waits for them. */
  ping(): void {
    if (this.#lost === undefined) this.scheduler.frame(FrameType.PING, 0);
  }

  /** Asks the peer to end. */
  requestExit(): void {
    if (this.#lost === undefined) this.scheduler.frame(FrameType.EXIT, 0);
  }

  /** Ends the connection: everything that waits on it fails. */
  close(error?: Error): void {
    if (this.#lost !== undefined) return;
    const reason = this.#lost = this.#handler.lost(error);
    this.scheduler.stop();
    this.#stream.closeWrite();
    this.#hello.reject(reason);
    this.#statusRequests.fail(reason);
    for (const channel of this.#channels.all) coreOf(channel)?.lose(reason);
  }

  giveCredit(channel: number, bytes: number): void {
    const credit = new Uint8Array(4);
    new DataView(credit.buffer).setUint32(0, bytes);
    this.scheduler.frame(FrameType.WINDOW, channel, credit);
  }

  itemsCame(bytes: number): void {
    this.#handler.itemsCame?.(bytes);
  }

  hold(): Hold {
    return this.#handler.hold();
  }

  release(core: ChannelCore): void {
    this.#bridges.forget(core.id);
    this.#channels.delete(core.id);
  }

  #data(chunk: Uint8Array<ArrayBuffer>): void {
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
      this.#decoder.push(chunk, this.#take);
    } catch (error) {
      this.close(toError(error));
    }
  }

  readonly #take = (frame: Frame): boolean => {
    switch (frame.type) {
      case "item":
      case "part":
      case "window":
      case "end":
      case "close":
        this.#channels.addressee(frame.channel)?.take(frame);
        break;
      case "open":
        this.#accept(frame.channel, "plain");
        break;
      case "exec": {
        const exec = this.#remoteOnly(this.#handler.exec, frame.type);
        const request = decodeExecRequest(frame.request);
        const channel = this.#accept(frame.channel, "running");
        exec.call(this.#handler, channel, coreOf(channel) as ChannelCore, request);
        break;
      }
      case "code":
        this.#remoteOnly(this.#handler.exec, frame.type);
        this.#received.take(frame.hash, frame.code);
        break;
      case "execKept": {
        const exec = this.#remoteOnly(this.#handler.exec, frame.type);
        const kept = this.#received.get(frame.hash);
        const channel = this.#accept(frame.channel, "running");
        exec.call(this.#handler, channel, coreOf(channel) as ChannelCore, kept, kept);
        break;
      }
      case "statusRequest": {
        const status = this.#remoteOnly(this.#handler.status, frame.type);
        const report = encodeStatusReport(status.call(this.#handler));
        this.scheduler.frame(FrameType.STATUS, frame.request, report);
        break;
      }
      case "status":
        this.#statusRequests.answer(frame.request, decodeStatusReport(frame.status));
        break;
      case "exit":
        this.#remoteOnly(this.#handler.exit, frame.type).call(this.#handler);
        break;
      case "ping":
        this.scheduler.frame(FrameType.PONG, 0);
        break;
      case "pong": // that it has come is all
        break;
    }
    return this.#lost === undefined;
  };

  #remoteOnly<T>(hook: T | undefined, what: string): T {
    // The initiator's handler may have a method of that name for itself.
    if (hook === undefined || this.#handler.side !== "remote") {
      throw new ProtocolError(`the peer sent ${what}, which is not its part`);
    }
    return hook;
  }

  #accept(id: number, role: ChannelRole): Channel {
    return this.#channels.accept(id, (id) => this.#make(id, role));
  }

  #make(id: number, role: ChannelRole): Channel {
    return channelOf(new ChannelCore(id, role, this));
  }

  /**
   * The number of a channel on this connection; nothing where `value` is none. One of another
   * connection is joined to a new one of this.
   *
   * @throws {SerializationError} when something on this side receives on it.
   */
  idOf(value: object): number | undefined {
    const core = coreOf(value);
    if (core === undefined || core.isOn(this)) return core?.id;
    if (core.isUnbound && core.owner === this.owner) {
      this.adopt(value as Channel);
      return core.id;
    }
    return this.#bridges.join(core, value as Channel, () => this.newChannel()).id;
  }

  #byId(id: number): Channel {
    const channel = this.#bridges.originOf(id) ?? this.#channels.claim(id);
    if (channel !== undefined) return channel;
    this.#channels.addressee(id); // throws where it was never opened
    const core = new ChannelCore(id, "plain", this);
    core.lose(new ChannelClosedError(`${core.label} was closed before it arrived`));
    return channelOf(core);
  }
}
