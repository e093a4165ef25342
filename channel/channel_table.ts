/**
 * The channels of one connection, by their numbers.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { type Channel, coreOf } from "./channel.ts";
import type { ChannelCore } from "./core.ts";

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

  /** The open channel of a number. */
  get(id: number): Channel | undefined {
    return this.#channels.get(id);
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

  /** One has closed. */
  delete(id: number): void {
    if (this.#channels.delete(id) && !this.#isOwn(id)) this.#peerChannels--;
    if (this.#channels.size > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  /** Resolves when none is open any more. */
  empty(): Promise<void> {
    if (this.#channels.size === 0) return Promise.resolve();
    return (this.#empty ??= Promise.withResolvers()).promise;
  }

  #isOwn(id: number): boolean {
    return (id % 2 === 1) === (this.#side === "initiator");
  }
}
