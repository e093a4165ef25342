/**
 * Why the system could not start a process, and what to do.
 *
 * @module
 */

import { LaunchError } from "../../errors.ts";

/** What to do about an error of the system, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  E2BIG:
    "its grants and environment are part of a command line, where Linux allows 128 KiB for each " +
    "argument and variable: grant a directory rather than its files, and send large values as args",
  EMFILE: "this process has too many files open: each gateway on this machine, and each isolated " +
    "execution, needs 5 descriptors, and as many more while it starts; raise `ulimit -n`",
  ENFILE: "the system has too many files open: raise its limit (sysctl fs.file-max)",
  EAGAIN:
    "the limit of processes is reached: that of this user (`ulimit -u`), or of this container " +
    "(pids.max); end some, or raise it",
  ENOMEM: "there is no memory left for another process: start fewer gateways",
  EACCES: "is it executable, and on a file system that permits that?",
};

/**
 * Returns the error for gateway `id`, whose process could not be started.
 *
 * @param program The program that was asked for. A shell may have been to start it.
 */
export function spawnFailure(id: string, program: string, cause: unknown): LaunchError {
  const { message, code }: { message: string; code?: string } = cause instanceof Error
    ? cause
    : new Error(String(cause));
  const missing = `is "${program}" installed on this machine, and on PATH?`;
  const advice = cause instanceof Deno.errors.NotCapable
    ? `this process needs --allow-run=${program} and --allow-env`
    : code === undefined || code === "ENOENT"
    ? missing
    : ADVICE[code];
  const todo = advice === undefined ? "" : `; ${advice}`;
  return new LaunchError(`cannot start gateway ${id} by "${program}": ${message}${todo}`, {
    cause,
  });
}
