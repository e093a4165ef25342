/**
 * The error that a peer closed a channel with.
 *
 * @module
 */

import { ProtocolError, type RemoteErrorInit } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { errorParts } from "../protocol/error_parts.ts";
import type { ItemCodec } from "../protocol/items.ts";

/** What reading the peer's errors needs of a connection. */
export interface ErrorContext {
  readonly codec: ItemCodec;
  /** Returns what this side can add to an error, by its message. */
  advise(message: string): string | undefined;
}

/** What travelled of a CLOSE frame's error; a {@linkcode ProtocolError} where its bytes are none. */
export function remoteErrorInit(
  channel: number,
  bytes: Uint8Array,
  context: ErrorContext,
): RemoteErrorInit | Error {
  let error: unknown;
  try {
    error = context.codec.decode(bytes);
  } catch (broken) {
    return toError(broken);
  }
  if (!(error instanceof Error)) {
    return new ProtocolError(`the peer closed channel ${channel} with something not an error`);
  }
  return initOf(error, context);
}

/** What an error that has just been decoded consists of, with advice. */
export function initOf(error: Error, context: ErrorContext): RemoteErrorInit {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const advice = context.advise(at.message);
    if (advice !== undefined) at.message += `; ${advice}`;
  }
  const { cause, ...parts } = errorParts(error);
  return cause.length > 0 ? { ...parts, cause: cause[0] } : parts;
}
