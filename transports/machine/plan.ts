/**
 * A start that only has to be carried out.
 *
 * @module
 */

import type { ProcessOptions } from "../streams/group_leader.ts";
import type { Transport } from "../transport.ts";
import type { Machine } from "./machine.ts";

/** What to start or connect to. */
export interface Plan {
  /** The process that carries the protocol on its stdin and stdout, if it is one. */
  readonly process?: ProcessOptions;
  /**
   * Starts it on a machine, or connects from there.
   *
   * @param id The gateway's id, for messages.
   * @param endFarSide See {@linkcode ProcessOptions.endFarSide}.
   * @throws {LaunchError} if that fails at once.
   */
  open(machine: Machine, id: string, endFarSide?: readonly string[]): Transport;
}

/** A plan that starts a process. */
export function processPlan(process: ProcessOptions): Plan {
  return {
    process,
    open: (machine, id, endFarSide) => machine.start({ ...process, endFarSide }, id),
  };
}
