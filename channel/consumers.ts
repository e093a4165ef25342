/**
 * Consumers of this package: what is received on a channel is handed to a function.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import type { ChannelCore } from "./core.ts";

/** The argument of the last call of {@linkcode forward}. */
export const END_OF_ITEMS: unique symbol = Symbol("end of items");

/**
 * Calls `call` with one item after another, and with {@linkcode END_OF_ITEMS} at last. An item is an
 * `EncodedItem` if its bytes mean the same on another connection.
 *
 * @param to What it is forwarded to, for messages.
 * @throws {SerializationError} when something receives on the channel.
 */
export function forward(core: ChannelCore, call: (item: unknown) => unknown, to: string): void {
  try {
    core.setConsumer({ kind: "forward", call, endMarker: { value: END_OF_ITEMS } });
  } catch (cause) {
    throw new SerializationError(
      `cannot send ${core.binding.label} on to ${to}: something here receives on it`,
      { cause },
    );
  }
}

/**
 * Calls `call` with one item after another, and `ended` at last. Unlike a callback of the user, it
 * does not keep the event loop alive.
 */
export function consume(
  core: ChannelCore,
  call: (item: unknown) => unknown,
  ended: () => void,
): void {
  core.setConsumer({
    kind: "items",
    call: (item) => item === END_OF_ITEMS ? ended() : call(item),
    endMarker: { value: END_OF_ITEMS },
  });
}

/**
 * As {@linkcode consume}, but calls with bytes as they arrive, whatever items they are cut into: as
 * views that are valid during the call. Items that are no bytes are dropped.
 *
 * @param call Does not wait. The peer may send more once the `cost` was passed to `consumed` of the
 * channel's {@linkcode KeptItems}.
 */
export function consumeBytes(
  core: ChannelCore,
  call: (bytes: Uint8Array, cost: number) => void,
  ended: () => void,
): void {
  core.setConsumer({
    kind: "bytes",
    call(item, cost) {
      if (item === END_OF_ITEMS) ended();
      else if (item instanceof Uint8Array) call(item, cost);
      else core.received.items.consumed(cost);
    },
    endMarker: { value: END_OF_ITEMS },
  });
}
