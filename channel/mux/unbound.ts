/**
 * Channels that no connection has yet: those of `newChannel()`, until they are sent or used.
 *
 * A gateway may have several connections (one for each isolated execution); a channel belongs to
 * the one over which it is sent first. What is sent on it before is held.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import { DEFAULT_LIMITS, type FrameType } from "../../protocol/constants.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { type Channel, channelOf } from "../channel.ts";
import type { Connection } from "./connection.ts";
import { Binding, type ChannelOwner, type UnboundContext } from "../binding.ts";
import { ChannelCore } from "../core.ts";
import type { FrameSink, FrameSource } from "../frame_sink.ts";

/** The channels of one gateway that no connection has yet. */
export class UnboundChannels {
  readonly owner: ChannelOwner;
  /** The connection of those that are used before they are sent. */
  readonly home: Connection;
  readonly #cores = new Set<ChannelCore>();

  constructor(owner: ChannelOwner, home: Connection) {
    this.owner = owner;
    this.home = home;
  }

  /** How many there are. */
  get size(): number {
    return this.#cores.size;
  }

  /**
   * Makes one.
   *
   * @throws {GatewayClosedError} when the gateway is gone.
   */
  newChannel(): Channel {
    if (this.home.lost !== undefined) throw this.home.lost;
    const { core, channel } = new HeldChannel(this);
    this.#cores.add(core);
    return channel;
  }

  /** One has found its connection, or has ended. */
  forget(core: ChannelCore): void {
    this.#cores.delete(core);
  }

  /** The gateway is gone. */
  lose(error: Error): void {
    for (const core of [...this.#cores]) core.lose(error);
  }
}

/** What stands for the connection of one channel, until it has one. */
class HeldChannel implements UnboundContext {
  readonly owner: ChannelOwner;
  readonly core: ChannelCore;
  readonly channel: Channel;
  readonly scheduler: HeldFrames = new HeldFrames();
  readonly peerMaxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  readonly maxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  readonly #channels: UnboundChannels;
  #codec: ItemCodec | undefined;

  constructor(channels: UnboundChannels) {
    this.#channels = channels;
    this.owner = channels.owner;
    this.core = new ChannelCore(Binding.unbound(this), "plain");
    this.channel = channelOf(this.core);
  }

  /** A channel has a number just on a connection: for an item with one, this one needs one, too. */
  get codec(): ItemCodec {
    return this.#codec ??= new ItemCodec({
      idOf: (value) => {
        this.core.binding.bindHome();
        return this.#channels.home.idOf(value);
      },
      byId: (id) => {
        throw new ProtocolError(`channel ${id} came on a channel without a connection`);
      },
    });
  }

  bindHome(): void {
    this.#channels.home.adopt(this.channel);
  }

  bound(to: FrameSink, id: number): void {
    this.#channels.forget(this.core);
    this.scheduler.release(to, id);
  }

  get peerGateway(): string | undefined {
    return this.#channels.home.peerGateway;
  }

  itemsDecoded(): void {}

  advise(message: string): string | undefined {
    return this.#channels.home.advise(message);
  }

  hold(): Hold {
    return this.#channels.home.hold();
  }

  release(): void {
    this.#channels.forget(this.core);
  }
}

interface HeldFrame {
  type: FrameType;
  payload: Uint8Array | undefined;
  prefix: number | undefined;
}

/** Frames that wait for a connection: no more than the window that each channel has at first. */
class HeldFrames implements FrameSink {
  readonly idle = true;
  readonly blocked = false;
  readonly handedOver: Promise<void> = Promise.resolve();
  readonly #frames: HeldFrame[] = [];

  request(source: FrameSource): void {
    while (source.writeFrame());
  }

  frame(
    type: FrameType,
    _channel: number,
    payload?: Uint8Array,
    prefix?: number,
    written?: () => void,
  ): void {
    this.#frames.push({ type, payload: payload?.slice(), prefix });
    written?.();
  }

  /** Puts them where they belong, under the number that the channel has got. */
  release(to: FrameSink, channel: number): void {
    for (const { type, payload, prefix } of this.#frames.splice(0)) {
      to.frame(type, channel, payload, prefix);
    }
  }
}
