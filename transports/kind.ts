/**
 * What each kind of gateway (`popen`, `ssh`, …) has to tell of how it is started.
 *
 * @module
 */

import { type ExecnetError, LaunchError } from "../errors.ts";
import type { ExitStatus } from "./transport.ts";
import type { LaunchPlan, TcpPlan } from "./machine/plan.ts";
import type { Machine } from "./machine/machine.ts";
import type { ResolvedSpec } from "../spec/spec.ts";

/** A start that came to nothing. */
export interface LaunchFailure {
  spec: ResolvedSpec;
  /** The gateway's id. */
  id: string;
  /** How the process, or what carried it, ended. */
  status: ExitStatus;
  /** What was printed, line by line: what came before the handshake, then stderr. */
  seen: readonly string[];
  /** {@linkcode LaunchFailure.seen} for the end of a message; empty where there is nothing. */
  tail: string;
}

/** One kind of gateway. */
export interface Launcher {
  /**
   * What to start for a spec.
   *
   * @throws {SpecError} where the spec asks for what this kind does not have.
   */
  plan(spec: ResolvedSpec): LaunchPlan | TcpPlan;
  /** The error that says why it did not start; nothing where only the exit status is known. */
  explain(failure: LaunchFailure): ExecnetError | undefined;
  /** What prints `deno --version` there, where a command can; asked after a failure, to tell a Deno that is too old. */
  versionCommand?(spec: ResolvedSpec): readonly [string, ...string[]];
  /** Finds out what a plan needs to know; a plan without it takes the defaults. */
  prepare?(spec: ResolvedSpec, machine: Machine): Promise<ResolvedSpec>;
  /** What runs a script for `sh` there, in place of a gateway; `compressed` if the way there can do that. */
  carry?(spec: ResolvedSpec, script: string, compressed?: boolean): LaunchPlan;
  /** Bounds how many gateways start at once. Default: no bound. */
  startLimit?(spec: ResolvedSpec): StartLimit;
}

/** See {@linkcode Launcher.startLimit}. */
export interface StartLimit {
  /** Starts with the same key count together. */
  key: string;
  /** How many of them may be under way at once. */
  max: number;
}

/** A start that may well work when it is tried again. */
export class TransientLaunchError extends LaunchError {}
