/**
 * Joins two channels of different connections: what arrives on one leaves on the other.
 *
 * @module
 */

import { type ChannelCore, END_OF_ITEMS } from "./core.ts";

/**
 * Joins two channels until both are closed. An item is taken from one when the other has room for
 * the one before: so their windows hold from end to end, and just these are stored on the way.
 *
 * @throws {SerializationError} when something on this side receives on one of them.
 */
export function bridge(a: ChannelCore, b: ChannelCore): void {
  forward(a, b);
  forward(b, a);
}

function forward(from: ChannelCore, to: ChannelCore): void {
  let drained = false;
  from.forward((received) => {
    if (received !== END_OF_ITEMS) return to.sendOn(received);
    drained = true;
    if (from.isClosed) to.close(from.failure);
    else to.closeSend();
  }, to.label);
  from.onEnd(() => {
    if (drained) to.close(from.failure);
  });
}
