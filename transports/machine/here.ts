/**
 * This machine.
 *
 * @module
 */

import { mayRunShell } from "../../internal/shell.ts";
import { runSideProcess } from "../../internal/side_process.ts";
import { SpawnError } from "../streams/group_leader.ts";
import { LateTransport } from "../streams/late.ts";
import { ProcessTransport } from "../streams/process.ts";
import { localCommand, type Machine } from "./machine.ts";
import { spawnFailure } from "./spawn_failure.ts";

/** This machine. */
export const here: Machine = {
  start(process, id) {
    const [program] = process.command;
    try {
      return new ProcessTransport({
        ...process,
        command: mayRunShell() ? localCommand(process.command) : process.command,
      });
    } catch (cause) {
      if (!(cause instanceof SpawnError)) throw spawnFailure(id, program, cause);
      return new LateTransport(async () => {
        throw spawnFailure(id, program, await cause.reason);
      });
    }
  },

  run: runSideProcess,
};
