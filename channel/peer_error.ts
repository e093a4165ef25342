/**
 * The error that a peer closes a channel with.
 *
 * @module
 */

import { ProtocolError, RemoteError, type RemoteErrorInit } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { errorParts } from "../protocol/error_parts.ts";
import type { Binding } from "./binding.ts";
import type { ErrorCompletion } from "./error_completion.ts";

/** Takes the peer's close: its error, or none. */
export type PeerClosed = (error: Error | undefined) => void;

/** Reads the error of a CLOSE, and completes it. */
export class PeerError {
  readonly #binding: Binding;
  /** Completes its errors; default: they stay as they are received. */
  completion: ErrorCompletion | undefined;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * Reads the payload of a CLOSE.
   *
   * @param closed Called once with the error: at once, or when it is complete.
   */
  read(bytes: Uint8Array, closed: PeerClosed): void {
    if (bytes.length === 0) return closed(undefined);
    const decoded = this.#decode(bytes);
    if (decoded instanceof Error) return closed(decoded);
    const { context } = this.#binding;
    const init = context.boundError(decoded, context.codec.decodedCost, this);
    if (this.completion === undefined) closed(new RemoteError(init));
    else this.completion.complete(init, closed);
  }

  /** Completes an error that was received in an item, as the error of a CLOSE. Never rejects. */
  remoteError(error: Error): RemoteError | Promise<RemoteError> {
    const init = this.#initOf(error);
    return this.completion?.remoteError(init) ?? new RemoteError(init);
  }

  #decode(bytes: Uint8Array): RemoteErrorInit | Error {
    const { context, id } = this.#binding;
    let error: unknown;
    try {
      error = context.codec.decode(bytes);
    } catch (broken) {
      return toError(broken);
    }
    if (error instanceof Error) return this.#initOf(error);
    return new ProtocolError(`the peer closed channel ${id} with something not an error`);
  }

  /** Returns the parts of an error that has just been decoded, with advice in its messages. */
  #initOf(error: Error): RemoteErrorInit {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      const advice = this.#binding.context.advise(at.message);
      if (advice !== undefined) at.message += `; ${advice}`;
    }
    const { cause, ...own } = errorParts(error);
    const parts = { ...own, gateway: this.#binding.context.peerGateway };
    return cause.length > 0 ? { ...parts, cause: cause[0] } : parts;
  }
}
