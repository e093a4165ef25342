/**
 * The error that a peer closed a channel with.
 *
 * @module
 */

import { ProtocolError, RemoteError } from "../errors.ts";
import { errorParts } from "../protocol/item_types.ts";
import type { ItemCodec } from "../protocol/items.ts";

/** The error of a CLOSE frame; a {@linkcode ProtocolError} where its bytes are none. */
export function remoteError(channel: number, bytes: Uint8Array, codec: ItemCodec): Error {
  let error: unknown;
  try {
    error = codec.decode(bytes);
  } catch (broken) {
    return broken instanceof Error ? broken : new ProtocolError(String(broken));
  }
  if (!(error instanceof Error)) {
    return new ProtocolError(`the peer closed channel ${channel} with something not an error`);
  }
  const { cause, ...parts } = errorParts(error);
  return new RemoteError(cause.length > 0 ? { ...parts, cause: cause[0] } : parts);
}
