/**
 * What each kind of gateway (`popen`, `ssh`, …) has to tell of how it is started.
 *
 * @module
 */

import { type ExecnetError, LaunchError } from "../errors.ts";
import type { ExitStatus } from "./transport.ts";
import type { LaunchPlan, TcpPlan } from "./machine/plan.ts";
import type { Site } from "./machine/machine.ts";
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
  prepare?(spec: ResolvedSpec, site: Site): Promise<ResolvedSpec>;
  /** What runs a script for `sh` there, in place of a gateway; `compressed` if the way there can do that. */
  carry?(spec: ResolvedSpec, script: string, compressed?: boolean): LaunchPlan;
  /** Whose starts have to wait for each other: at most `most` of the same `key` at once. */
  turn?(spec: ResolvedSpec): Turn;
}

/** See {@linkcode Launcher.turn}. */
export interface Turn {
  key: string;
  most: number;
}

/** A start that may well work when it is tried again. */
export class TransientLaunchError extends LaunchError {}
