/**
 * Ends an execution by a signal.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { ChannelClosedError } from "../errors.ts";
import { described } from "../internal/arguments.ts";

/**
 * Closes the channel of an execution when the signal is aborted.
 *
 * @param method The method that the signal was given to.
 */
export function closeOnAbort(channel: Channel, signal: AbortSignal, method: string): void {
  const { binding, lifecycle } = coreOf(channel);
  const abort = () => {
    const ended = `${binding.label} was closed, as the signal of its ${method} was aborted`;
    lifecycle.close(signal.reason, abortedError(ended, signal.reason));
  };
  signal.addEventListener("abort", abort);
  channel.signal.addEventListener("abort", () => signal.removeEventListener("abort", abort));
}

function abortedError(ended: string, cause: unknown): ChannelClosedError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : described(cause);
  return new ChannelClosedError(`${ended}: ${why}`, { cause });
}
