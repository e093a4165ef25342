/**
 * Completes errors of the peer, which may take a while. Only initiators do, so the remote program is
 * without this.
 *
 * @module
 */

import { RemoteError, type RemoteErrorInit } from "../errors.ts";
import type { Binding } from "./binding.ts";

/** Completes an error of the peer before anybody sees it. Neither throws nor rejects. */
export type ErrorExplainer = (init: RemoteErrorInit) => RemoteErrorInit | Promise<RemoteErrorInit>;

/** What completes the errors of one channel. */
export class ErrorCompletion {
  readonly #binding: Binding;
  readonly #explain: ErrorExplainer;
  /** The error as it was received, while it is being completed. */
  #pending: { error: Error; closed: (error: Error) => void } | undefined;

  constructor(binding: Binding, explain: ErrorExplainer) {
    this.#binding = binding;
    this.#explain = explain;
  }

  /** Whether the error of a CLOSE is being completed. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  /** Calls `closed` once with the complete error of a CLOSE: at once, or later. */
  complete(init: RemoteErrorInit, closed: (error: Error) => void): void {
    const error = this.remoteError(init);
    if (!(error instanceof Promise)) return closed(error);
    this.#pending = { error: new RemoteError(init), closed };
    error.then((error) => this.#finish(error));
  }

  /** Waits no longer: the error stays as it was received. */
  flush(): void {
    if (this.#pending !== undefined) this.#finish(this.#pending.error);
  }

  /** Returns a complete error. Never rejects. */
  remoteError(init: RemoteErrorInit): RemoteError | Promise<RemoteError> {
    const explained = this.#explain(init);
    return explained instanceof Promise
      ? this.#whenComplete(explained)
      : new RemoteError(explained);
  }

  #finish(error: Error): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.closed(error);
  }

  async #whenComplete(init: Promise<RemoteErrorInit>): Promise<RemoteError> {
    using _hold = this.#binding.context.hold();
    return new RemoteError(await init);
  }
}
