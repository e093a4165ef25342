/**
 * Runs small programs as a user does: each with a Deno of its own, in a directory of its own, and an
 * import map that has `@x/execnet`.
 */

import config from "../../deno.json" with { type: "json" };
import { Script, type ScriptResult } from "../support/processes.ts";
import { scratch } from "../support/files.ts";

/** How a program is run. */
export interface CaseOptions {
  /** Other files of its directory, by their paths. It may hold a `deno.json`. */
  files?: Record<string, string>;
  /** Flags of `deno run`. Default `-A`. */
  flags?: readonly string[];
  /** Its arguments. */
  args?: readonly string[];
  /** Environment variables, beside those of the tests. */
  env?: Record<string, string>;
}

/** Starts a program, which is killed at the end of the block. Its directory is its `Deno.cwd()`. */
export async function startCase(program: string, options: CaseOptions = {}): Promise<Script> {
  const { files = {}, flags = ["-A"], args = [], env } = options;
  const directory = await scratch({
    "case.ts": program,
    "map.json": JSON.stringify({ imports: importMap() }),
    ...files,
  });
  const remove = async () => await directory[Symbol.asyncDispose]();
  const cwd = directory.url("");
  return Script.run(["--import-map=map.json", ...flags, "case.ts", ...args], remove, { cwd, env });
}

/** Runs a program to its end, within `ms`. */
export async function runCase(
  program: string,
  options?: CaseOptions,
  ms?: number,
): Promise<ScriptResult> {
  await using script = await startCase(program, options);
  return await script.result(ms);
}

/** The imports of this package, as an import map has to have them, and the package itself. */
function importMap(): Record<string, string> {
  const imports = Object.entries(config.imports).flatMap(([name, target]) => [
    [name, target],
    [`${name}/`, `${target.replace(":", ":/")}/`],
  ]);
  return {
    ...Object.fromEntries(imports),
    "@x/execnet": new URL("../../mod.ts", import.meta.url).href,
  };
}
