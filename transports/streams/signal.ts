/**
 * Signals to processes that this one has started, as leaders of groups of their own.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { SHELL } from "../../internal/shell.ts";

/**
 * Signals a process and what it has started. Not by `child.kill`, which tells the leader alone, and
 * in Deno (2.9.6) takes no second signal, and tells of the first as the end.
 */
export function signalGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    return Deno.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
  }
  // That needs `--allow-run` for everything; this does with `/bin/sh`, or with our program.
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  if (state !== "granted") return void child.kill(signal);
  const command = `kill -s ${signal.slice("SIG".length)} -- -${pid}`;
  spawn(SHELL, ["-c", command], { stdio: "ignore" });
}
