/**
 * Runs subcommands of Deno that prepare code.
 *
 * @module
 */

import { ModuleError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { DENO_NAMES, findDeno, isStandalone } from "../internal/find_deno.ts";
import { SHELL } from "../internal/shell.ts";
import { runSideProcess, type SideResult } from "../internal/side_process.ts";

/** How a subcommand ended, and what it printed. */
export interface DenoToolResult {
  success: boolean;
  stdout: string;
  stderr: string;
}

/** The most that a subcommand may print on stdout: a script that is larger can hardly be sent. */
const MAX_STDOUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs a subcommand of Deno. After `timeout` milliseconds it is ended.
 *
 * @returns `undefined` if it took too long.
 * @throws {ModuleError} if it cannot be started, or prints too much.
 */
export async function runDenoTool(
  args: readonly string[],
  timeout: number,
  cwd?: string,
): Promise<DenoToolResult | undefined> {
  const script = isStandalone() ? `${findDeno(DENO_NAMES)}\nexec "$@"` : `exec "$0" "$@"`;
  // The shell runs it, so that the permission that starts gateways is enough.
  const command = [SHELL, "-c", script, Deno.execPath(), ...args] as const;
  let result: SideResult;
  try {
    result = await runSideProcess({ command, cwd, env: { NO_COLOR: "1" } }, {
      timeout,
      keptBytes: MAX_STDOUT_BYTES,
    });
  } catch (cause) {
    throw new ModuleError(`deno ${args[0]} could not be started: ${messageOf(cause)}`, { cause });
  }
  const { code, stdout, stderr, timedOut, isCut } = result;
  if (timedOut) return undefined;
  if (isCut) throw new ModuleError(`deno ${args[0]} printed more than ${MAX_STDOUT_BYTES} bytes`);
  return { success: code === 0, stdout, stderr };
}
