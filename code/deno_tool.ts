/**
 * Runs subcommands of Deno that prepare code.
 *
 * @module
 */

import { DENO_NAMES, findDeno, isStandalone } from "../internal/find_deno.ts";
import { SHELL } from "../internal/shell.ts";
import { within } from "../internal/wait.ts";

/** How a subcommand ended, and what it printed. */
export interface DenoToolResult {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** The time for the pipes of a process that was killed to end. */
const KILLED_MS = 1_000;

/**
 * Runs a subcommand of Deno. After `timeout` milliseconds it is killed.
 *
 * @returns `undefined` if it took too long.
 */
export async function runDenoTool(
  args: readonly string[],
  timeout: number,
  cwd?: string,
): Promise<DenoToolResult | undefined> {
  const script = isStandalone() ? `${findDeno(DENO_NAMES)}\nexec "$@"` : `exec "$0" "$@"`;
  const child = new Deno.Command(SHELL, {
    // The shell runs it, so that the permission that starts gateways is enough.
    args: ["-c", script, Deno.execPath(), ...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ended = Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const result = await within(ended, timeout);
  if (result === undefined) {
    child.kill("SIGKILL");
    await within(ended, KILLED_MS);
    return undefined;
  }
  const [{ success }, stdout, stderr] = result;
  return { success, stdout, stderr };
}
