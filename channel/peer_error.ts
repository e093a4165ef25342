/**
 * The error that a peer closes a channel with.
 *
 * @module
 */

import { ProtocolError, RemoteError, type RemoteErrorInit } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { errorParts } from "../protocol/error_parts.ts";
import type { Binding } from "./binding.ts";

/** Completes an error of the peer before anybody sees it. Neither throws nor rejects. */
export type ErrorExplainer = (init: RemoteErrorInit) => RemoteErrorInit | Promise<RemoteErrorInit>;

/** Takes the peer's close: its error, or none. */
export type PeerClosed = (error: Error | undefined) => void;

/** Reads the error of a CLOSE, and completes it. */
export class PeerError {
  readonly #binding: Binding;
  #explain: ErrorExplainer | undefined;
  /** The error as it was received, while it is being completed. */
  #pending: { error: Error; closed: PeerClosed } | undefined;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Whether an error is being completed. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Sets what completes errors. */
  explainBy(explain: ErrorExplainer): void {
    this.#explain = explain;
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
    const error = this.#complete(init);
    if (!(error instanceof Promise)) return closed(error);
    this.#pending = { error: new RemoteError(init), closed };
    error.then((error) => this.#finish(error));
  }

  /** Waits no longer for an error to be completed: it stays as it was received. */
  flush(): void {
    if (this.#pending !== undefined) this.#finish(this.#pending.error);
  }

  /** Completes an error that was received in an item, as the error of a CLOSE. Never rejects. */
  remoteError(error: Error): RemoteError | Promise<RemoteError> {
    return this.#complete(this.#initOf(error));
  }

  #finish(error: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.closed(error);
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

  #complete(init: RemoteErrorInit): RemoteError | Promise<RemoteError> {
    const explained = this.#explain?.(init) ?? init;
    return explained instanceof Promise
      ? this.#whenComplete(explained)
      : new RemoteError(explained);
  }

  async #whenComplete(init: Promise<RemoteErrorInit>): Promise<RemoteError> {
    using _hold = this.#binding.context.hold();
    return new RemoteError(await init);
  }
}
