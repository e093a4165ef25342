/**
 * The channels of one connection, by their numbers.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { type Channel, coreOf } from "../channel.ts";
import type { ChannelCore } from "../core.ts";

/** The side of a connection. The initiator's channels have odd numbers, the remote's even ones. */
export type Side = "initiator" | "remote";

/** Gives out the numbers of one side's channels, in rising order. */
export class ChannelIds {
  #next: number;

  constructor(side: Side) {
    this.#next = side === "initiator" ? 1 : 2;
  }

  /** The next. */
  take(): number {
    const id = this.#next;
    this.#next += 2;
    return id;
  }
}

/** Closed channels that are kept for the item that names them. */
const MAX_UNCLAIMED = 100;

/** Which channels are open, and which numbers have been given to any. */
export class ChannelTable {
  readonly #side: Side;
  readonly #ids: ChannelIds;
  readonly #maxPeerChannels: number;
  readonly #channels = new Map<number, Channel>();
  /** The highest that this side has opened here: lower ones may have been. */
  #highestOwnId = 0;
  /** The highest that the peer has opened: lower ones have been. */
  #highestPeerId = 0;
  #peerChannels = 0;
  /** Those that an item has named: they are somebody's. */
  readonly #named = new WeakSet<Channel>();
  /** Opened and closed by the peer before an item has named them, with what it sent on them. */
  readonly #unclaimed = new Map<number, Channel>();
  #empty: PromiseWithResolvers<void> | undefined;

  constructor(side: Side, ids: ChannelIds, maxPeerChannels: number) {
    this.#side = side;
    this.#ids = ids;
    this.#maxPeerChannels = maxPeerChannels;
  }

  /** How many are open. */
  get size(): number {
    return this.#channels.size;
  }

  /** Those that are open. */
  get all(): Channel[] {
    return [...this.#channels.values()];
  }

  /** The channel that an item names; nothing where it was closed, and holds nothing. */
  claim(id: number): Channel | undefined {
    const channel = this.#channels.get(id) ?? this.#unclaimed.get(id);
    if (channel === undefined) return undefined;
    this.#unclaimed.delete(id);
    this.#named.add(channel);
    return channel;
  }

  /** Takes in a channel of this side that `make` makes for the next number. */
  open(make: (id: number) => Channel): Channel {
    const id = this.#highestOwnId = this.#ids.take();
    const channel = make(id);
    this.#channels.set(id, channel);
    return channel;
  }

  /**
   * Takes in a channel that the peer has opened.
   *
   * @throws {ProtocolError} where the number is not its to open, or it has too many.
   */
  accept(id: number, make: (id: number) => Channel): Channel {
    if (this.#isOwn(id) || id <= this.#highestPeerId) {
      throw new ProtocolError(`the peer opened channel ${id}, which is not its to open`);
    }
    this.#highestPeerId = id;
    if (++this.#peerChannels > this.#maxPeerChannels) {
      throw new ProtocolError(`the peer opened more than ${this.#maxPeerChannels} channels`);
    }
    const channel = make(id);
    this.#channels.set(id, channel);
    return channel;
  }

  /**
   * The channel that a frame is for; nothing where it was closed before, which a race can bring about.
   *
   * @throws {ProtocolError} where it was never opened.
   */
  addressee(id: number): ChannelCore | undefined {
    const channel = this.#channels.get(id);
    if (channel !== undefined) return coreOf(channel);
    const known = this.#isOwn(id) ? id <= this.#highestOwnId : id <= this.#highestPeerId;
    if (!known || id === 0) {
      throw new ProtocolError(`the peer sent a frame for channel ${id}, which was never opened`);
    }
    return undefined;
  }

  /** One has closed. The item that names it may still wait for room in its own channel's window. */
  delete(id: number): void {
    const channel = this.#channels.get(id);
    if (this.#channels.delete(id) && !this.#isOwn(id)) this.#peerChannels--;
    if (channel !== undefined && !this.#isOwn(id) && !this.#named.has(channel)) {
      this.#keepUnclaimed(id, channel);
    }
    if (this.#channels.size > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  /** Resolves when none is open any more. */
  empty(): Promise<void> {
    if (this.#channels.size === 0) return Promise.resolve();
    return (this.#empty ??= Promise.withResolvers()).promise;
  }

  #keepUnclaimed(id: number, channel: Channel): void {
    if (coreOf(channel)?.isSpent !== false) return;
    this.#unclaimed.set(id, channel);
    if (this.#unclaimed.size <= MAX_UNCLAIMED) return;
    for (const oldest of this.#unclaimed.keys()) return void this.#unclaimed.delete(oldest);
  }

  #isOwn(id: number): boolean {
    return (id % 2 === 1) === (this.#side === "initiator");
  }
}
