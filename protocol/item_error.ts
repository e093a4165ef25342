/**
 * Errors that have to arrive, as items: what cannot be sent is left out of them, and what is too
 * large for a frame is cut.
 *
 * @module
 */

import { toError } from "../internal/errors.ts";
import { DEFAULT_LIMITS, MAX_FRAME_BYTES } from "./constants.ts";
import { ErrorFitter } from "./error_fitter.ts";
import { type ChannelId, ItemEncoder } from "./item_encoder.ts";

/** No error is cut to less. */
const LEAST_BYTES = 1024;

/** See {@linkcode ItemCodec.encodeError}. */
export function encodeError(
  thrown: unknown,
  channelId: ChannelId,
  maxDepth: number,
  room: number,
): Uint8Array {
  const encoder = new ItemEncoder(channelId, maxDepth);
  return encoder.own(encoder.encode(sendableError(thrown, encoder, room), "error", room));
}

/** Returns an error that can be sent, and fits into a frame: if possible, the thrown one. */
export function sendableError(
  thrown: unknown,
  encoder: ItemEncoder = new ItemEncoder(() => undefined, DEFAULT_LIMITS.maxItemDepth),
  most: number = MAX_FRAME_BYTES,
): Error {
  const fitter = new ErrorFitter(encoder);
  // What parts take is estimated, so the first cut may not be enough.
  for (let room = most; room > LEAST_BYTES; room *= 0.75) {
    try {
      const error = fitter.fit(toError(thrown), room);
      if (!(error instanceof Error)) break; // it cannot be read
      if (encoder.encode(error, "error", most).length <= most) return error;
    } catch { /* with less room there is less in it */ }
  }
  return new Error("an error that cannot be sent");
}
