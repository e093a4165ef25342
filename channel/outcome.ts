/**
 * How a channel has ended, and the errors that its users get for it.
 *
 * @module
 */

import { ChannelClosedError, ExecnetError } from "../errors.ts";
import type { Binding } from "./binding.ts";

/** The reason of a channel whose execution is over. */
export const EXECUTION_ENDED = "has ended with its execution";

/** Why a channel has ended. */
export class Outcome {
  readonly #binding: Binding;
  /** An error, or the text of one: few channels are used after their end. */
  #reason: Error | string | undefined;
  #failure: Error | undefined;
  /** The peer's error until a receive has thrown it. */
  unseen: Error | undefined;
  /** Whether somebody has received the failure. */
  isReported = false;
  /** Whether it ended before the peer had ended sending, so that items may be missing. */
  isCut = false;
  /** Whether the user of this side has closed it. */
  isClosedHere = false;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Why nothing can be sent or received any more; the first reason stays. */
  get reason(): Error | string | undefined {
    return this.#reason;
  }

  /** The error that it ended with, which `waitClose` throws; the first one stays. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The error for its peer, or for a channel that it is joined to. */
  get endError(): Error | undefined {
    return this.#failure ?? (this.#reason instanceof Error ? this.#reason : undefined);
  }

  /** Returns the peer's error, if no receive has thrown it yet: it will now. */
  takeUnseen(): Error | undefined {
    const error = this.unseen;
    this.unseen = undefined;
    return error;
  }

  /** Ends it, or will end it, with an error. */
  fail(failure: Error): void {
    this.#failure ??= failure;
  }

  /** Ends it in order, or with `failure`. */
  end(reason: Error | string, failure?: Error): void {
    this.#reason ??= reason;
    if (failure !== undefined) this.fail(failure);
  }

  /** Ends it with its connection: that replaces the reason that there was before. */
  lose(reason: Error | string): void {
    this.#reason = reason;
    if (reason instanceof Error) this.fail(reason);
  }

  /** Makes the error of a receive after the end. */
  receiveError(): Error {
    if (this.#reason === undefined) {
      return new ChannelClosedError(
        `cannot receive on ${this.#binding.label}: the peer sends no more`,
      );
    }
    // Code that waits for more may have written `return` for `send`.
    const hint = this.#reason === EXECUTION_ENDED
      ? " (what that returns is not sent; `call` gives it)"
      : "";
    return this.#error(this.#reason, hint);
  }

  /** Returns the error of an iteration at the end; undefined if nothing can be missing. */
  cutError(): Error | undefined {
    return this.isCut ? this.#failure ?? this.receiveError() : undefined;
  }

  /** Makes the error of a send after the end. */
  sendError(): Error {
    if (this.#reason instanceof Error) return this.#reason;
    const why = this.#reason === undefined ? "closeSend was called on it" : `it ${this.#reason}`;
    return new ChannelClosedError(`cannot send on ${this.#binding.label}: ${why}`);
  }

  /** Makes the error of a send that waits while the channel ends for `reason`. */
  notSentError(reason: Error | string = "was closed"): Error {
    return reason instanceof Error ? reason : this.#error(`${reason} before this item was sent`);
  }

  #error(reason: Error | string, hint = ""): Error {
    if (reason instanceof Error) return reason;
    return new ChannelClosedError(`${this.#binding.label} ${reason}${hint}`);
  }
}

/** Returns what was thrown as an error to end a channel with. */
export function failureOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new ExecnetError(typeof thrown === "string" ? thrown : Deno.inspect(thrown));
}
