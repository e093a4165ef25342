/**
 * Where gateways are started from: this machine, or the one of another gateway.
 *
 * @module
 */

import { SHELL } from "../../internal/shell.ts";
import type { SideOptions, SideResult } from "../../internal/side_process.ts";
import { END_WITH_PARENT, NOT_FOUND } from "../shell/parts.ts";
import type { ProcessOptions } from "../streams/group_leader.ts";
import type { Address } from "../tcp/address.ts";
import type { SocketLike } from "../tcp/socket.ts";
import type { Transport } from "../transport.ts";

/** A machine that starts processes and makes connections. */
export interface Machine {
  /** The id of the gateway that does so; undefined for this process. */
  readonly via?: string;
  /**
   * Starts a process that carries the protocol of gateway `id`.
   *
   * @throws {LaunchError} if it may not be started. If the system cannot start it, the stream ends
   * with that error.
   */
  start(process: ProcessOptions, id: string): Transport;
  /** Begins a TCP connection for gateway `id`; undefined for this process, which connects itself. */
  readonly dial?: (address: Address, id: string) => SocketLike;
  /** Runs a side process to its end. */
  run(process: ProcessOptions, options: SideOptions): Promise<SideResult>;
}

/** Returns a machine whose side processes are ended by `signal`, too. What carries a gateway is not. */
export function untilAborted(machine: Machine, signal: AbortSignal): Machine {
  const both = (other = signal) => AbortSignal.any([other, signal]);
  return {
    ...machine,
    run: (process, options) => machine.run(process, { ...options, signal: both(options.signal) }),
  };
}

/** Opens the line on stderr by which {@linkcode FIND_PROGRAM} reports a missing program. */
export const NO_PROGRAM = "execnet: no program here: ";

/** Looks for the program first, to tell its absence from that of programs further away. */
const FIND_PROGRAM = `
if ! command -v "$1" >/dev/null; then echo "${NO_PROGRAM}$1; PATH=$PATH" >&2; exit ${NOT_FOUND}; fi`;

/** Returns a command that says so if its program is missing. */
export function localCommand(command: ProcessOptions["command"]): ProcessOptions["command"] {
  return byShell(FIND_PROGRAM, command);
}

/**
 * Returns a command that ends with its parent process: a program such as `ssh` does not notice the
 * death of its parent while the far side is busy.
 */
export function endingWithParent(command: ProcessOptions["command"]): ProcessOptions["command"] {
  return byShell(FIND_PROGRAM + END_WITH_PARENT, command);
}

function byShell(script: string, command: ProcessOptions["command"]): ProcessOptions["command"] {
  if (command[0] === SHELL) return command;
  return [SHELL, "-c", `${script}\nexec "$@"`, "sh", ...command];
}
