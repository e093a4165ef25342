/**
 * Signals to child processes, each the leader of a process group.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { SHELL, signalGroupBy } from "../../internal/shell.ts";

/**
 * Signals a process and all that it has started. `child.kill` would signal the leader alone; in Deno
 * 2.9.6 it also ignores a second signal, and reports the first as the one that ended the process.
 */
export function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    return Deno.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
  }
  // `Deno.kill` needs `--allow-run` for everything; this needs it for `/bin/sh`, or for our program.
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  if (state !== "granted") return void child.kill(signal);
  const command = signalGroupBy(signal === "SIGTERM" ? "TERM" : "KILL", `${pid}`);
  spawn(SHELL, ["-c", command], { stdio: "ignore" });
}
