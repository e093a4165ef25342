/**
 * Signals to child processes, each the leader of a process group.
 *
 * @module
 */

import { endOf } from "./child_end.ts";
import { SHELL, signalGroupBy } from "./shell.ts";

/** A child process that leads a process group. */
export interface Leader {
  readonly pid?: number;
  /** Signals it alone. */
  kill(signal: "SIGTERM" | "SIGKILL"): unknown;
}

/**
 * Signals a process and all that it has started. `child.kill` would signal the leader alone; in Deno
 * 2.9.6 that of Node also ignores a second signal, and reports the first as the one that ended the
 * process.
 */
export function signalGroup(child: Leader, signal: "SIGTERM" | "SIGKILL"): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    return Deno.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
  }
  // `Deno.kill` needs `--allow-run` for everything; this needs it for `/bin/sh`, or for our program.
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  if (state !== "granted") {
    try {
      return void child.kill(signal);
    } catch {
      return; // it has ended
    }
  }
  const command = signalGroupBy(signal === "SIGTERM" ? "TERM" : "KILL", `${pid}`);
  const killer = new Deno.Command(SHELL, {
    args: ["-c", command],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  killer.unref();
  endOf(killer);
}
