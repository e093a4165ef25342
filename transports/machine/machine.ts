/**
 * Where gateways are started from: this machine, or that of a middle gateway.
 *
 * @module
 */

import { LaunchError } from "../../errors.ts";
import { ProcessTransport } from "../streams/process.ts";
import { openTcp } from "../tcp/session.ts";
import type { Transport } from "../transport.ts";
import type { LaunchPlan, TcpPlan } from "./plan.ts";
import { SHELL } from "../../internal/shell.ts";
import { type ProgramResult, type RunOptions, runProgram } from "./run_program.ts";
import { END_WITH_PARENT, NOT_FOUND } from "../shell/parts.ts";

/** A machine that starts programs. */
export interface Machine {
  /** The id of the middle gateway; nothing for this machine. */
  readonly via?: string;
  /**
   * Starts what carries the protocol of gateway `id`.
   *
   * @throws {LaunchError} where it cannot.
   */
  open(plan: LaunchPlan | TcpPlan, id: string): Transport;
  /** Runs a program to its end. */
  run(command: readonly [string, ...string[]], options: RunOptions): Promise<ProgramResult>;
}

/** Opens the line on stderr by which a carrier's script says that it found no program. */
export const NO_PROGRAM = "execnet: no program here: ";

/** Looks for the program first, to tell its absence from that of others, further away. */
const CARRY_SCRIPT = `
if ! command -v "$1" >/dev/null; then echo "${NO_PROGRAM}$1; PATH=$PATH" >&2; exit ${NOT_FOUND}; fi
${END_WITH_PARENT}
exec "$@"`;

/** This machine. */
export const here: Machine = {
  open(plan) {
    if (plan.kind === "tcp") return openTcp(plan);
    const [program] = plan.command;
    try {
      return new ProcessTransport({ ...plan, command: localCommand(plan) });
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      const advice = cause instanceof Deno.errors.NotCapable
        ? `this process needs --allow-run=${program} and --allow-env`
        : `is "${program}" installed on this machine, and on PATH?`;
      throw new LaunchError(
        `cannot start a gateway by "${program}": ${cause.message}; ${advice}`,
        { cause },
      );
    }
  },

  run: runProgram,
};

/**
 * What to start for a plan on this machine. A carrier such as `ssh` does not see that this process
 * is gone while the far side is busy: so it is started as one that ends with its parent, where this
 * process may run a shell for that.
 */
function localCommand({ command }: LaunchPlan): LaunchPlan["command"] {
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  return state === "granted" ? endingWithParent(command) : command;
}

/** A command as one that ends with its parent. */
export function endingWithParent(command: LaunchPlan["command"]): LaunchPlan["command"] {
  return command[0] === SHELL ? command : [SHELL, "-c", CARRY_SCRIPT, "sh", ...command];
}
