/**
 * How a channel has ended, as those who use it afterwards are told.
 *
 * @module
 */

import { ChannelClosedError } from "../errors.ts";

/** Why a channel has ended. */
export class Outcome {
  readonly #channel: { readonly label: string };
  /** An error, or the text of one that few will ever ask for. */
  #reason: Error | string | undefined;
  #failure: Error | undefined;
  /** Whether somebody has been told of the failure. */
  isSeen = false;

  /** @param channel For messages. */
  constructor(channel: { readonly label: string }) {
    this.#channel = channel;
  }

  /** Why nothing can be sent or received any more; the first counts. */
  get reason(): Error | string | undefined {
    return this.#reason;
  }

  /** The error that it ended with, which `waitClose` throws; the first counts. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** It has ended, or is about to, and not in order. */
  fail(failure: Error): void {
    this.#failure ??= failure;
  }

  /** It has ended in order, or with `failure`. */
  end(reason: Error | string, failure?: Error): void {
    this.#reason ??= reason;
    if (failure !== undefined) this.fail(failure);
  }

  /** The connection is gone: that is told from now on, whatever was told before. */
  lose(error: Error): void {
    this.#reason = error;
    this.fail(error);
  }

  /** For who receives; `hint` is what it may be glad to know. */
  receiveError(hint = ""): Error {
    if (this.#reason !== undefined) return this.#error(this.#reason, hint);
    return new ChannelClosedError(
      `cannot receive on ${this.#channel.label}: the peer sends no more`,
    );
  }

  /** For who begins to send. */
  sendError(): Error {
    if (this.#reason instanceof Error) return this.#reason;
    const why = this.#reason === undefined ? "closeSend was called on it" : `it ${this.#reason}`;
    return new ChannelClosedError(`cannot send on ${this.#channel.label}: ${why}`);
  }

  /** For who waits to send, when it ends for `reason`. */
  notSentError(reason: Error | string = "was closed"): Error {
    return reason instanceof Error ? reason : this.#error(`${reason} before this item was sent`);
  }

  #error(reason: Error | string, hint = ""): Error {
    if (reason instanceof Error) return reason;
    return new ChannelClosedError(`${this.#channel.label} ${reason}${hint}`);
  }
}
