/**
 * The channels of one connection, by their ids.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { ChannelCore } from "../core.ts";

/** A side of a connection. The channels of the initiator have odd ids, those of the remote even ones. */
export type Side = "initiator" | "remote";

/** Generates the ids of one side's channels, in rising order. */
export class ChannelIds {
  #next: number;

  constructor(side: Side) {
    this.#next = side === "initiator" ? 1 : 2;
  }

  /** Returns the next id. */
  next(): number {
    const id = this.#next;
    this.#next += 2;
    return id;
  }
}

/** The number of closed channels that are kept for an item that names them. */
const MAX_UNCLAIMED = 100;

/** Knows which channels are open, and which ids have been used. */
export class ChannelTable {
  readonly #side: Side;
  readonly #ids: ChannelIds;
  readonly #maxPeerChannels: number;
  readonly #channels = new Map<number, ChannelCore>();
  /** The highest id that this side has opened here. Lower ones may belong to other connections. */
  #highestOwnId = 0;
  /** The highest id that the peer has opened. It has opened all lower ones. */
  #highestPeerId = 0;
  #peerChannels = 0;
  /** The peer's channels that an item has named: they are in use. */
  readonly #named = new WeakSet<ChannelCore>();
  /** Channels that the peer has opened, filled and closed before an item has named them. */
  readonly #unclaimed = new Map<number, ChannelCore>();
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(side: Side, ids: ChannelIds, maxPeerChannels: number) {
    this.#side = side;
    this.#ids = ids;
    this.#maxPeerChannels = maxPeerChannels;
  }

  /** The number of open channels. */
  get size(): number {
    return this.#channels.size;
  }

  /** The open channels. */
  get all(): ChannelCore[] {
    return [...this.#channels.values()];
  }

  /** Returns the channel that an item names, or undefined if it has closed and holds no items. */
  claim(id: number): ChannelCore | undefined {
    const channel = this.#channels.get(id) ?? this.#unclaimed.get(id);
    if (channel === undefined) return undefined;
    this.#unclaimed.delete(id);
    this.#named.add(channel);
    return channel;
  }

  /** Adds a channel of this side; `make` makes it for the next id. */
  open(make: (id: number) => ChannelCore): ChannelCore {
    const id = this.#highestOwnId = this.#ids.next();
    const channel = make(id);
    this.#channels.set(id, channel);
    return channel;
  }

  /**
   * Adds a channel that the peer has opened.
   *
   * @throws {ProtocolError} when the peer may not open this id, or has too many channels.
   */
  accept(id: number, make: (id: number) => ChannelCore): ChannelCore {
    if (this.#isOwn(id) || id <= this.#highestPeerId) {
      throw new ProtocolError(`the peer opened channel ${id}, which is not its to open`);
    }
    this.#highestPeerId = id;
    if (++this.#peerChannels > this.#maxPeerChannels) {
      throw new ProtocolError(
        `the peer opened more than ${this.#maxPeerChannels} channels at once`,
      );
    }
    const channel = make(id);
    this.#channels.set(id, channel);
    return channel;
  }

  /**
   * Returns the channel that a frame is for, or undefined if this side has closed it meanwhile.
   *
   * @throws {ProtocolError} when it was never opened.
   */
  addressee(id: number): ChannelCore | undefined {
    const channel = this.#channels.get(id);
    if (channel !== undefined) return channel;
    const known = this.#isOwn(id) ? id <= this.#highestOwnId : id <= this.#highestPeerId;
    if (!known || id === 0) {
      throw new ProtocolError(`the peer sent a frame for channel ${id}, which was never opened`);
    }
    return undefined;
  }

  /** Removes a closed channel. The item that names it may still wait for the window of another one. */
  delete(id: number): void {
    const channel = this.#channels.get(id);
    channel?.binding.handle.ended();
    if (this.#channels.delete(id) && !this.#isOwn(id)) this.#peerChannels--;
    if (channel !== undefined && !this.#isOwn(id) && !this.#named.has(channel)) {
      this.#keepUnclaimed(id, channel);
    }
    if (this.#channels.size > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  /** Resolves when no channel is open any more. */
  empty(): Promise<void> {
    if (this.#channels.size === 0) return Promise.resolve();
    return (this.#empty ??= Promise.withResolvers()).promise;
  }

  #keepUnclaimed(id: number, channel: ChannelCore): void {
    if (channel.isSpent) return;
    this.#unclaimed.set(id, channel);
    if (this.#unclaimed.size <= MAX_UNCLAIMED) return;
    for (const oldest of this.#unclaimed.keys()) return void this.#unclaimed.delete(oldest);
  }

  #isOwn(id: number): boolean {
    return (id % 2 === 1) === (this.#side === "initiator");
  }
}
