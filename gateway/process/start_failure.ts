/**
 * Errors of processes that have not started.
 *
 * @module
 */

import { GatewayClosedError, LaunchError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import { escapeOutput } from "../../internal/escape.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import { launchError } from "../../transports/start/failure.ts";
import { waitAdvice } from "../../transports/start/waiting.ts";
import type { ProcessFacts } from "./exit_message.ts";

const SHOWN_CHARACTERS = 500;

/** What was to be started. */
export interface AttemptedStart {
  /** The id of the gateway. */
  readonly id: string;
  readonly spec: ResolvedSpec;
  /** The machine that it was started from. */
  readonly machine: Machine;
}

/** Returns the error that says why a process ended before its handshake, and what to do. */
export async function startFailure(
  { subject, status, streamError, noise, tail }: ProcessFacts,
  { id, spec, machine }: AttemptedStart,
): Promise<Error> {
  // A transport that connects knows best why it could not.
  if (streamError instanceof LaunchError) return streamError;
  // The gateway that it runs through, or that has started its server, is gone.
  const isCarrierGone = streamError instanceof GatewayClosedError;
  if (streamError !== undefined && (isCarrierGone || machine.via !== undefined)) {
    const via = machine.via === undefined ? "" : ` via ${machine.via}`;
    return new LaunchError(`cannot start ${subject}${via}: ${streamError.message}`, {
      cause: streamError,
    });
  }
  const lines = escapeOutput(noise).split("\n").filter((line) => line.trim() !== "");
  // The end has to be reported, even if the search for its reason fails.
  return await launchError(spec, id, status, [...lines, ...tail.map(escapeOutput)], machine).catch(
    toError,
  );
}

/** Returns the error of a process that did not answer within `connectTimeout` milliseconds. */
export function noAnswerError(
  { subject, noise, tail }: ProcessFacts,
  connectTimeout: number,
): LaunchError {
  const all = [noise, ...tail].join("\n");
  const printed = escapeOutput(all.trim().slice(-SHOWN_CHARACTERS));
  return new LaunchError(
    `cannot start ${subject}: no answer within ${connectTimeout} ms` +
      (printed === "" ? "" : `; it printed: ${printed}`) +
      `; ${waitAdvice(all) ?? "if it needs longer, raise connectTimeout"}`,
  );
}

/** Returns the error of a process that this side has ended before it answered. */
export function cancelledError({ subject }: ProcessFacts): GatewayClosedError {
  return new GatewayClosedError(`${subject} was ended while it started`);
}
