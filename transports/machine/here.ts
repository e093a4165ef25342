/**
 * This machine.
 *
 * @module
 */

import { SHELL } from "../../internal/shell.ts";
import { runSideProcess } from "../../internal/side_process.ts";
import { type ProcessOptions, SpawnError } from "../streams/group_leader.ts";
import { LateTransport } from "../streams/late.ts";
import { ProcessTransport } from "../streams/process.ts";
import { endingWithParent, type Machine } from "./machine.ts";
import { spawnFailure } from "./spawn_failure.ts";

/** This machine. */
export const here: Machine = {
  start(process, id) {
    const [program] = process.command;
    try {
      return new ProcessTransport({ ...process, command: localCommand(process) });
    } catch (cause) {
      if (!(cause instanceof SpawnError)) throw spawnFailure(id, program, cause);
      return new LateTransport(async () => {
        throw spawnFailure(id, program, await cause.reason);
      });
    }
  },

  run: runSideProcess,
};

/**
 * A program such as `ssh` does not notice the death of this process while the far side is busy. So
 * it is started in a way that it ends with its parent, if this process may run a shell.
 */
function localCommand({ command }: ProcessOptions): ProcessOptions["command"] {
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  return state === "granted" ? endingWithParent(command) : command;
}
