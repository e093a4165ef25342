/**
 * What is said of a process that has ended.
 *
 * @module
 */

import type { ExitStatus } from "../../transports/transport.ts";

const SHOWN_NAMES = 5;
const SHOWN_LINES = 5;

/**
 * How a process ended, what it ran, and what it printed last.
 *
 * @param subject What ended, such as `gateway gw0`.
 * @param executing Names of what it ran.
 * @param tail Its last lines on stderr.
 * @param streamError What broke its stream, if something did.
 */
export function epitaph(
  subject: string,
  { code, signal }: ExitStatus,
  executing: readonly string[],
  tail: readonly string[],
  streamError?: Error,
): string {
  const ranOut = tail.some((line) => /out of memory|Reached heap limit/i.test(line));
  const how = ranOut && code !== 0
    ? `ran out of memory (${signal ?? `code ${code}`})`
    : signal !== null
    ? `was ended by ${signal}`
    : code !== null
    ? `ended with code ${code}`
    : `cannot be reached any more${streamError === undefined ? "" : `: ${streamError.message}`}`;
  const lines = tail.slice(-SHOWN_LINES).map((line) => `\n    ${line}`).join("");
  return `${subject} ${how}${runningNow(executing)}` +
    (lines === "" ? "" : `; its last lines on stderr:${lines}`);
}

/** What it ran, for the end of a sentence. */
export function runningNow(executing: readonly string[]): string {
  const names = executing.slice(0, SHOWN_NAMES).join(", ");
  return names === "" ? "" : `, while it ran ${names}`;
}
