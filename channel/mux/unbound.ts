/**
 * Channels without a connection: those of `newChannel()`, until they are sent or used.
 *
 * A gateway may have several connections (one for each isolated execution). A channel belongs to
 * the one that it is sent over first. Frames that are sent on it before are held.
 *
 * @module
 */

import { ProtocolError, type RemoteErrorInit } from "../../errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import {
  DEFAULT_LIMITS,
  type FrameType,
  HEADER_BYTES,
  TOTAL_BYTES,
} from "../../protocol/constants.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { type Channel, channelOf, coreOf } from "../channel.ts";
import type { Connection } from "./connection.ts";
import {
  Binding,
  type ChannelContext,
  type ChannelOwner,
  type UnboundContext,
} from "../binding.ts";
import { ChannelCore } from "../core.ts";
import { ConnectionCredit } from "../connection_credit.ts";
import type { ConnectionWindow } from "../connection_window.ts";
import type { FrameSink, FrameSource } from "../frame_sink.ts";
import type { Handle } from "../handle.ts";
import { type HeldFrame, isItemType } from "../send/held_frames.ts";

const NO_BYTES = new Uint8Array();

/** The channels of one gateway that have no connection yet. */
export class UnboundChannels {
  readonly owner: ChannelOwner;
  /** The connection that they are bound to if they are used before they are sent. */
  readonly home: Connection;
  readonly #handles = new Set<Handle>();

  constructor(owner: ChannelOwner, home: Connection) {
    this.owner = owner;
    this.home = home;
  }

  /** The number of channels. */
  get size(): number {
    return this.#handles.size;
  }

  /**
   * Makes a channel.
   *
   * @throws {GatewayClosedError} when the gateway is gone.
   */
  newChannel(): Channel {
    if (this.home.lost !== undefined) throw this.home.lost;
    const { core } = new HeldChannel(this);
    const { handle } = core.binding;
    const channel = channelOf(core);
    handle.letGo(() => this.forget(handle));
    this.#handles.add(handle);
    return channel;
  }

  /** Removes a channel that has been bound, has ended, or cannot be used by anybody any more. */
  forget(handle: Handle): void {
    this.#handles.delete(handle);
  }

  /** Ends all channels: the gateway is gone. */
  lose(error: Error): void {
    for (const { channel } of [...this.#handles]) {
      if (channel !== undefined) coreOf(channel)?.lose(error);
    }
  }
}

/** A channel without a connection, and the context that stands for it. */
class HeldChannel implements UnboundContext {
  readonly owner: ChannelOwner;
  readonly core: ChannelCore;
  readonly scheduler: HeldFrames = new HeldFrames();
  readonly credit: ConnectionCredit = new ConnectionCredit(Infinity);
  readonly peerMaxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  readonly maxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  readonly #channels: UnboundChannels;
  #codec: ItemCodec | undefined;

  constructor(channels: UnboundChannels) {
    this.#channels = channels;
    this.owner = channels.owner;
    this.core = new ChannelCore(Binding.unbound(this), "plain");
  }

  /**
   * The codec of items that are sent before the channel is bound. A channel has an id only on a
   * connection: to send one in an item, this one has to be bound, too.
   */
  get codec(): ItemCodec {
    return this.#codec ??= new ItemCodec({
      idOf: (value) => {
        this.core.binding.bindHome();
        return this.#channels.home.idOf(value);
      },
      byId: (id) => {
        throw new ProtocolError(`channel ${id} was received on a channel without a connection`);
      },
    });
  }

  bindHome(): void {
    this.#channels.home.adopt(this.core);
  }

  bound({ scheduler, credit }: ChannelContext, id: number): void {
    this.#channels.forget(this.core.binding.handle);
    if (this.scheduler.itemBytes > credit.left) {
      return this.core.sendQueue.sendAgain(this.scheduler.take());
    }
    credit.take(this.scheduler.itemBytes);
    for (const { type, payload, prefix } of this.scheduler.take()) {
      scheduler.frame(type, id, payload, prefix);
    }
  }

  get window(): ConnectionWindow {
    return this.#channels.home.window;
  }

  get peerGateway(): string | undefined {
    return this.#channels.home.peerGateway;
  }

  itemsDecoded(): void {}

  advise(message: string): string | undefined {
    return this.#channels.home.advise(message);
  }

  boundError(init: RemoteErrorInit): RemoteErrorInit {
    return init;
  }

  hold(): Hold {
    return this.#channels.home.hold();
  }

  release(): void {
    const { handle } = this.core.binding;
    handle.ended();
    this.#channels.forget(handle);
  }
}

/** Holds frames until there is a connection: no more than the initial window of a channel. */
class HeldFrames implements FrameSink {
  readonly idle = true;
  readonly blocked = false;
  readonly handedOver: Promise<void> = Promise.resolve();
  #frames: HeldFrame[] = [];

  /** What the held items take of the connection's window. */
  get itemBytes(): number {
    return this.#frames.reduce((sum, { type, cost }) => isItemType(type) ? sum + cost : sum, 0);
  }

  accepted(): Promise<void> {
    return this.handedOver;
  }

  request(source: FrameSource): void {
    while (source.writeFrame());
  }

  frame(
    type: FrameType,
    _channel: number,
    payload: Uint8Array = NO_BYTES,
    prefix?: number,
    written?: () => void,
  ): void {
    const cost = HEADER_BYTES + (prefix === undefined ? 0 : TOTAL_BYTES) + payload.length;
    this.#frames.push({ type, payload: payload.slice(), prefix, cost });
    written?.();
  }

  /** Removes and returns the frames. */
  take(): HeldFrame[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }
}
