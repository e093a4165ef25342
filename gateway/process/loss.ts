/**
 * Errors of everything that waits on a process, when its connection is gone.
 *
 * @module
 */

import { GatewayClosedError, LaunchError, ProtocolError } from "../../errors.ts";
import { exitMessage, type ProcessFacts, whileRunning } from "./exit_message.ts";

/** Returns the error for a process that has ended, or cannot be reached. */
export function exitError(facts: ProcessFacts): GatewayClosedError {
  return closedError(exitMessage(facts), facts);
}

/**
 * Returns the error for a process that is ended because it broke the protocol.
 *
 * @param isUp Whether it has answered before.
 */
export function breachError(
  { subject }: ProcessFacts,
  cause: ProtocolError,
  isUp: boolean,
): LaunchError | ProtocolError {
  return isUp
    ? new ProtocolError(`${subject} was ended, because ${cause.message}`, { cause })
    : new LaunchError(`cannot start ${subject}: ${cause.message}`, { cause });
}

/** Returns the error for a process that is ended because its heartbeat failed. */
export function silentError(facts: ProcessFacts, seconds: number): GatewayClosedError {
  return closedError(
    `${facts.subject} was ended, because nothing was received from it for ${seconds} s ` +
      `(heartbeat=${seconds}): it is busy or stopped, or its link is dead` +
      whileRunning(facts.executing),
    facts,
  );
}

/**
 * Returns the error for an isolated execution that is ended together with its gateway.
 *
 * @param reason Why the gateway is gone, if it did not end in order.
 */
export function orphanError(facts: ProcessFacts, reason: Error | undefined): GatewayClosedError {
  const message = `${facts.subject} was ended, because its gateway is gone`;
  return reason === undefined
    ? closedError(message, facts)
    : closedError(`${message}: ${reason.message}`, facts, { cause: reason });
}

function closedError(
  message: string,
  { status, tail, executing }: ProcessFacts,
  options?: ErrorOptions,
): GatewayClosedError {
  return new GatewayClosedError(message, { ...options, ...status, stderrTail: tail, executing });
}
