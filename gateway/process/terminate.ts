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
  /**
   * Milliseconds that what runs there has to stop, with its `finally` blocks. Default 1,000. If the
   * gateway has not ended by itself after as much again (0.5 s at most), SIGTERM follows, and SIGKILL
   * 1 s later.
   */
  timeout?: number;
}

/**
 * Options of {@linkcode Group.drain}.
 *
 * @example
 * ```ts
 * import { type DrainOptions, GatewayClosedError, Group } from "@x/execnet";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const options: DrainOptions = { timeout: 60_000 };
 * const group = await Group.open(["popen", "popen"]);
 * const results = Promise.all(Array.from(group, (gw) => gw.call(() => "done")));
 * const drained = group.drain(options);
 * assertThrows(() => group.remoteExec("1"), GatewayClosedError, "is being drained");
 * assertEquals(await results, ["done", "done"]);
 * await drained;
 * assertEquals(group.size, 0);
 * ```
 */
export interface DrainOptions {
  /** Milliseconds that what runs has to end; then it is ended. Default: no limit. */
  timeout?: number;
}

/** Time for what runs on a gateway that is asked to end. */
export const DEFAULT_GRACE_MS = 1_000;

/** Bound of the time for the way there and back. */
const MAX_TRIP_MS = 500;

/**
 * Returns when a process that was asked to end gets SIGTERM: after the grace of what runs there, and
 * some time for the way there and back.
 */
export function killDelay(graceMs: number): number {
  return graceMs + Math.min(graceMs, MAX_TRIP_MS);
}

/**
 * Returns how long a start that did not answer within `connectTimeout` milliseconds has from SIGTERM to
 * SIGKILL: where that is short, its error is not to come much later.
 */
export function silentGrace(connectTimeout: number): number {
  return Math.min(DEFAULT_GRACE_MS, connectTimeout / 5);
}

/** The rules of {@linkcode DrainOptions}. */
export const DRAIN_OPTIONS: OptionRules<DrainOptions> = { timeout: MILLISECONDS };
/** The rules of {@linkcode TerminateOptions}. */
export const TERMINATE_OPTIONS: OptionRules<TerminateOptions> = { timeout: MILLISECONDS };
