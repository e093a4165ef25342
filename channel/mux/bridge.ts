/**
 * Joins two channels of different connections: what is received on one is sent on the other.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel.ts";
import { END_OF_ITEMS, forward } from "../consumers.ts";
import type { ChannelCore } from "../core.ts";

/** The channels of other connections that are joined to channels of one connection. */
export class Bridges {
  /** The end of each bridge on this connection, by the channel that it leads to. */
  readonly #near = new WeakMap<ChannelCore, ChannelCore>();
  /** The channel that each bridge leads to, by the id of its end on this connection. */
  readonly #origins = new Map<number, Channel>();

  /**
   * Returns the end, on this connection, of the bridge to a channel; makes a bridge if there is none.
   *
   * @param open Makes a channel of this connection.
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

  /** Returns the channel that a bridge leads to, by the id of its end on this connection. */
  originOf(id: number): Channel | undefined {
    return this.#origins.get(id);
  }

  /** Forgets an id that is free again. */
  forget(id: number): void {
    this.#origins.delete(id);
  }
}

/**
 * Joins two channels until both are closed. An item is received from one only when the other has sent
 * the item before: so their windows hold from end to end, and no more than these is stored between.
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
