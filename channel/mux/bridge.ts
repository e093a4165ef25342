/**
 * Joins two channels of different connections: what arrives on one leaves on the other.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel.ts";
import { type ChannelCore, END_OF_ITEMS } from "../core.ts";

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
      near.close();
      return near;
    }
    try {
      bridge(core, near);
    } catch (error) {
      near.close();
      throw error;
    }
    this.#near.set(core, near);
    this.#origins.set(near.id, origin);
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
  forward(a, b);
  forward(b, a);
}

function forward(from: ChannelCore, to: ChannelCore): void {
  let drained = false;
  from.forward((received) => {
    if (received !== END_OF_ITEMS) return to.sendOn(received);
    drained = true;
    if (from.isClosed) to.close(from.failure ?? from.cutShort);
    else to.closeSend();
  }, to.label);
  from.onEnd(() => {
    if (drained) to.close(from.failure);
  });
}
