/**
 * Makes JavaScript of files that need more than the removal of types: decorators, JSX.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { isOlder } from "../../internal/version.ts";
import { runDenoTool } from "../deno_tool.ts";
import { splitMap } from "../source_map.ts";
import { ModuleSyntaxError, type Script, transpiledScript } from "./script.ts";

/** Whether this Deno has the subcommand. */
export const canTranspile: boolean = !isOlder(Deno.version.deno, "2.8.0");

/** A file takes some 10 ms. */
const TIMEOUT_MS = 30_000;

/**
 * Runs `deno transpile`, which needs no network, on a file.
 *
 * @param path Its path. Deno reads it once more.
 * @param folder Where the `deno.json` is whose `compilerOptions` hold.
 * @throws {ModuleSyntaxError} if the file is not valid.
 */
export async function transpile(url: string, path: string, folder: string): Promise<Script> {
  const args = ["transpile", "--quiet", "--no-lock", "--no-remote", "--no-npm"];
  const result = await runDenoTool([...args, "--source-map", "inline", path], TIMEOUT_MS, folder);
  if (result === undefined) {
    throw new ModuleError(
      `deno transpile did not end within ${TIMEOUT_MS / 1000} s for ${url}; it was killed`,
    );
  }
  const { success, stdout, stderr } = result;
  if (!success) throw complaint(url, stderr);
  const { text, original } = splitMap(stdout);
  return transpiledScript(url, { text, original });
}

/** Such as `error: SyntaxError: Expression expected\n …\n    at file:///job.ts:5:9`. */
const MISTAKE = /^error: (?:SyntaxError: )?([^\n]*)[^]*?\n\s+at \S+:(\d+):(\d+)\s*$/m;

function complaint(url: string, stderr: string): Error {
  const text = stderr.replace(/\n*Stack backtrace:[^]*$/, "").trim();
  const [, what, line, column] = MISTAKE.exec(text) ?? [];
  if (what !== undefined) {
    return new ModuleSyntaxError(what, { file: url, line: Number(line), column: Number(column) });
  }
  return new ModuleError(`deno transpile says of ${url}:\n${text.replaceAll(/^/gm, "    ")}`);
}
