/**
 * The shell that launch scripts run in.
 *
 * @module
 */

/** The shell. An initiator of local gateways needs permission to run this program alone. */

export const SHELL = "/bin/sh";

/**
 * Returns a command of a script that signals a process group, which `0` only looks for. All shells
 * know this form (dash knows `--` only behind `-s`, busybox nowhere), but only as a builtin: another
 * `kill` may take the number for an option, and signal every process. Hence the PATH, which has none.
 *
 * @param leader Words of the script: the pid of the group's leader.
 */
export function signalGroupBy(signal: "0" | "TERM" | "KILL", leader: string): string {
  return `PATH=/dev/null/ kill -${signal} "-${leader}"`;
}

/** Returns whether this process may run the shell. */
export function mayRunShell(): boolean {
  return Deno.permissions.querySync({ name: "run", command: SHELL }).state === "granted";
}
