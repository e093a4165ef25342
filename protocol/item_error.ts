/**
 * Errors that close a channel, as items. Such an error has to arrive, so what cannot be sent is left
 * out of it, and what is too large for a frame is cut.
 *
 * @module
 */

import { toError } from "../internal/errors.ts";
import { MAX_FRAME_BYTES } from "./constants.ts";
import { ErrorFitter } from "./error_fitter.ts";
import { type ChannelId, ItemEncoder } from "./item_encoder.ts";

/** No error is cut to less. */
const LEAST_BYTES = 1024;

/** See {@linkcode ItemCodec.encodeError}. */
export function encodeError(thrown: unknown, channelId: ChannelId, maxDepth: number): Uint8Array {
  const encoder = new ItemEncoder(channelId, maxDepth);
  const fitter = new ErrorFitter(encoder);
  // What parts take is estimated, so the first cut may not be enough.
  for (let room = MAX_FRAME_BYTES; room > LEAST_BYTES; room *= 0.75) {
    try {
      const error = fitter.fit(toError(thrown), room);
      if (!(error instanceof Error)) break; // it cannot be read
      const bytes = encoder.encode(error, "error", MAX_FRAME_BYTES);
      if (bytes.length <= MAX_FRAME_BYTES) return encoder.own(bytes);
    } catch { /* with less room there is less in it */ }
  }
  return encoder.own(encoder.encode(new Error("an error that cannot be sent"), "error", Infinity));
}
