/**
 * Errors that close a channel, as items. Such an error has to arrive, so it is reduced until it can
 * be encoded and fits into one frame.
 *
 * @module
 */

import { toError } from "../internal/errors.ts";
import { MAX_FRAME_BYTES } from "./constants.ts";
import { errorParts } from "./error_parts.ts";
import { ItemEncoder } from "./item_encoder.ts";
import type { ChannelId } from "./item_preparer.ts";
import { defineProperty } from "./item_types.ts";

/** The length that texts are cut to when an error does not fit into a frame with all of them. */
const CUT_TEXT_CHARACTERS = 4 * 1024;

/** See {@linkcode ItemCodec.encodeError}. */
export function encodeError(thrown: unknown, channelId: ChannelId, maxDepth: number): Uint8Array {
  const encoder = new ItemEncoder(channelId, maxDepth, "skip");
  const attempts = [
    () => thrown instanceof Error ? thrown : bareError(thrown, Infinity),
    () => bareError(thrown, Infinity),
    () => bareError(thrown, CUT_TEXT_CHARACTERS),
  ];
  for (const attempt of attempts) {
    try {
      const bytes = encoder.encode(attempt(), "error");
      if (bytes.length <= MAX_FRAME_BYTES) return encoder.own(bytes);
    } catch { /* the next attempt has less in it */ }
  }
  return encoder.own(encoder.encode(new Error("an error that cannot be sent"), "error"));
}

/** Returns an error with name, message and stack alone, each cut to `maxCharacters`. */
function bareError(thrown: unknown, maxCharacters: number): Error {
  const { name, message, stack } = errorParts(toError(thrown));
  const bare = new Error(cut(message, maxCharacters));
  defineProperty(bare, "name", cut(name, maxCharacters));
  defineProperty(bare, "stack", cut(stack, maxCharacters));
  return bare;
}

function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters)}… (${text.length} characters)`;
}
