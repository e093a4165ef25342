/**
 * Options of an orderly end.
 *
 * @module
 */

import { MILLISECONDS, type OptionRules } from "../../internal/arguments.ts";

/**
 * Options of {@linkcode Gateway.terminate}.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const gw = await makeGateway();
 * await gw.remoteExec(`await channel.send(1); for (;;);`).receive(); // it is in a busy loop
 * const { reason, signal } = await gw.terminate({ timeout: 100 });
 * assertEquals([reason, signal], ["killed", "SIGTERM"]);
 * ```
 */
export interface TerminateOptions {
  /** Milliseconds until SIGTERM, if it does not end by itself; SIGKILL follows 1 s later. Default 2,000. */
  timeout?: number;
}

/** The remote gives its executions 1 s to end; the rest is for the way there and back. */
export const DEFAULT_TERMINATE_MS = 2_000;

/** The rules of {@linkcode TerminateOptions}. */
export const TERMINATE_OPTIONS: OptionRules<TerminateOptions> = { timeout: MILLISECONDS };
