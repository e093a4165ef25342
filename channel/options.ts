/**
 * Options of the methods of a channel.
 *
 * @module
 */

import { ANYTHING, FUNCTION, type OptionRules, SIGNAL } from "../internal/arguments.ts";

/** Options of {@linkcode Channel.send}. */
export interface SendOptions {
  /**
   * Takes the item back when aborted, and rejects with the signal's reason. The item does not arrive
   * then, even if a part of it has left.
   */
  signal?: AbortSignal;
}

/** The rules of {@linkcode SendOptions}. */
export const SEND_OPTIONS: OptionRules<SendOptions> = { signal: SIGNAL };

/** Options of {@linkcode Channel.setCallback}. */
export interface CallbackOptions<Marker> {
  /** The argument of the last call, also after an error. Default: there is no such call. */
  endMarker?: Marker;
  /**
   * Called once, before the end marker, if the channel ends with an error: the peer's, what the
   * callback threw, or that it was cut, so that items may be missing. A promise is awaited. Default:
   * `waitClose` alone throws it.
   */
  onError?(error: unknown): unknown;
}

/** The rules of {@linkcode CallbackOptions}. */
export const CALLBACK_OPTIONS: OptionRules<CallbackOptions<unknown>> = {
  endMarker: ANYTHING,
  onError: FUNCTION,
};
