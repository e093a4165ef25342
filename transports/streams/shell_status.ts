/**
 * Exit statuses as shells tell them.
 *
 * @module
 */

import type { ExitStatus } from "../transport.ts";

/** Signals that have the same number on all systems. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  15: "SIGTERM",
};

/**
 * Returns the status of a process from that of what carries it: shells, container engines and
 * schedulers tell the end by a signal as code 128 plus its number.
 */
export function ofShell(status: ExitStatus): ExitStatus {
  const signal = SIGNALS[(status.code ?? 0) - 128];
  return signal === undefined ? status : { code: null, signal };
}
