/**
 * Messages about processes that have ended.
 *
 * @module
 */

import { escapeOutput } from "../../internal/escape.ts";
import type { ExitStatus } from "../../transports/transport.ts";

/** What is known of a process, for messages about its end. */
export interface ProcessFacts {
  /** Names the process, such as `gateway gw0`. */
  readonly subject: string;
  /** How it ended, as far as that is known. */
  readonly status: ExitStatus;
  /** The error that broke its stream, if one did. */
  readonly streamError: Error | undefined;
  /** Text that was received in place of a handshake. */
  readonly noise: string;
  /** Its last lines on stderr, oldest first. */
  readonly tail: readonly string[];
  /** Names of what it ran. */
  readonly executing: readonly string[];
  /** The time that what it ran had to end, if the process was asked to end. */
  readonly grace?: { readonly ms: number; readonly isOver: boolean };
}

const SHOWN_NAMES = 5;
const SHOWN_LINES = 5;

/** Returns a message about how a process ended, what it ran, and what it printed last. */
export function exitMessage(facts: ProcessFacts): string {
  const { subject, tail, executing, grace } = facts;
  const asked = grace === undefined ? "" : " was asked to end, and";
  const lines = tail.slice(-SHOWN_LINES).map((line) => `\n    ${escapeOutput(line)}`).join("");
  return `${subject}${asked} ${howItEnded(facts)}${whileRunning(executing)}${outOfTime(facts)}` +
    (lines === "" ? "" : `; its last lines on stderr:${lines}`);
}

function howItEnded({ status: { code, signal }, tail, streamError }: ProcessFacts): string {
  const isOutOfMemory = tail.some((line) => /out of memory|Reached heap limit/i.test(line));
  if (isOutOfMemory && code !== 0) return `ran out of memory (${signal ?? `code ${code}`})`;
  if (signal !== null) return `was ended by ${signal}`;
  if (code !== null) return `ended with code ${code}`;
  return `cannot be reached any more${streamError === undefined ? "" : `: ${streamError.message}`}`;
}

/** Returns the end of a sentence that names what a process ran; empty if it ran nothing. */
export function whileRunning(executing: readonly string[]): string {
  const names = executing.slice(0, SHOWN_NAMES).join(", ");
  return names === "" ? "" : `, while it ran ${names}`;
}

function outOfTime({ executing, grace }: ProcessFacts): string {
  if (grace === undefined || !grace.isOver || executing.length === 0) return "";
  const what = executing.length === 1 ? "which did not end" : "not all of which ended";
  return `, ${what} within the ${grace.ms} ms for that`;
}
