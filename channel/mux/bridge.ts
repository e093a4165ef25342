/**
 * Joins two channels of different connections: what arrives on one leaves on the other.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel.ts";
import { END_OF_ITEMS, forward } from "../consumers.ts";
import type { ChannelCore } from "../core.ts";

/** Channels of other connections, as they are known on this one. */
export class Bridges {
  readonly #near = new WeakMap<ChannelCore, ChannelCore>();
  /** The same, from their number here. */
  readonly #origins = new Map<number, Channel>();

  /**
   * The end, on this connection, of the bridge to a channel; made where there is none.
   *
   * @throws {SerializationError} when something on this side receives on the channel.
   */
  join(core: ChannelCore, origin: Channel, open: () => Channel): ChannelCore {
    const known = this.#near.get(core);
    if (known !== undefined) return known;
    const near = coreOf(open());
    if (core.isSpent) {
      near.lifecycle.close();
      return near;
    }
    try {
      bridge(core, near);
    } catch (error) {
      near.lifecycle.close();
      throw error;
    }
    this.#near.set(core, near);
    this.#origins.set(near.binding.id, origin);
    return near;
  }

  /** The channel that the one of this number leads to, if it is the end of a bridge. */
  originOf(id: number): Channel | undefined {
    return this.#origins.get(id);
  }

  /** The number is free again. */
  forget(id: number): void {
    this.#origins.delete(id);
  }
}

/**
 * Joins two channels until both are closed. An item is taken from one when the other has room for
 * the one before: so their windows hold from end to end, and just these are stored on the way.
 *
 * @throws {SerializationError} when something on this side receives on one of them.
 */
function bridge(a: ChannelCore, b: ChannelCore): void {
  bridgeOneWay(a, b);
  bridgeOneWay(b, a);
}

function bridgeOneWay(from: ChannelCore, to: ChannelCore): void {
  const { lifecycle, outcome } = from;
  let isDrained = false;
  forward(from, (item) => {
    if (item !== END_OF_ITEMS) return to.sendOn(item);
    isDrained = true;
    if (!outcome.isCut) to.lifecycle.closeSend();
    if (lifecycle.isClosed) to.lifecycle.close(outcome.endError);
  }, to.binding.label);
  lifecycle.onEnd(() => {
    if (isDrained) to.lifecycle.close(outcome.failure);
  });
}
