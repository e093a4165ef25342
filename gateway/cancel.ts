/**
 * Ends an execution by a signal.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { ChannelClosedError } from "../errors.ts";
import { described } from "../internal/arguments.ts";

/** Closes the channel of an execution when the signal is aborted. */
export function closeOnAbort(channel: Channel, signal: AbortSignal): void {
  const { binding, lifecycle } = coreOf(channel);
  const abort = () => lifecycle.close(signal.reason, abortedError(binding.label, signal.reason));
  signal.addEventListener("abort", abort);
  channel.signal.addEventListener("abort", () => signal.removeEventListener("abort", abort));
}

function abortedError(channel: string, cause: unknown): ChannelClosedError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : described(cause);
  return new ChannelClosedError(
    `${channel} was closed, as the signal of its remoteExec was aborted: ${why}`,
    { cause },
  );
}
