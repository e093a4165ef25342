/** Tests that need something that not every machine has. */

import { canTranspile } from "../../code/module/transpile.ts";
import { canStripTypes } from "../../code/source.ts";
import { test } from "./bounded.ts";

/**
 * Makes a test fail if something is missing, instead of ignoring it. `.ci/run` sets it after it has
 * installed everything, so that no test is ignored there unnoticed.
 */
const IS_ALL_REQUIRED = Deno.env.get("EXECNET_TEST_REQUIRE_ALL") === "true";

/** What is shown of needs that are no programs. */
const SHOWN: Readonly<Record<string, string>> = {
  types: "a Deno that removes types from text, as 2.9 does",
  modules: "a Deno that makes JavaScript of modules, as 2.8 does, or esbuild from npm",
};

/**
 * Registers a test that is ignored if one of `needs` is missing: `"linux"`, `"root"`, `"types"` (a Deno
 * that removes them by itself), `"modules"` (one that makes JavaScript of those), or a program. Its name
 * then says what is missing.
 */
export function testWith(
  needs: readonly string[],
  sentence: string,
  body: () => Promise<void>,
): void {
  if (has(needs)) return test(sentence, body);
  Deno.test({ name: `${sentence}${lackOf(needs)}`, ignore: true, fn: body });
}

/** Returns the end of a test's name that says what is missing; empty if all is there. */
export function lackOf(needs: readonly string[]): string {
  if (has(needs)) return "";
  const lacking = needs.filter((need) => !isThere(need)).map((need) => SHOWN[need] ?? need);
  return ` (needs ${lacking.join(", ")})`;
}

/** Registers a test that needs a Deno that removes types by itself. */
export function typedTest(sentence: string, body: () => void | Promise<void>): void {
  testWith(["types"], sentence, async () => await body());
}

/** Returns whether a test with these needs is to run. */
export function has(needs: readonly string[]): boolean {
  return IS_ALL_REQUIRED || needs.every(isThere);
}

/** Returns whether missing programs may be downloaded. */
export function mayFetch(): boolean {
  return IS_ALL_REQUIRED;
}

function isThere(need: string): boolean {
  if (need === "linux") return Deno.build.os === "linux";
  if (need === "root") return Deno.uid() === 0;
  if (need === "types") return canStripTypes;
  if (need === "modules") return canTranspile || (bundles ??= canBundle());
  return find(need) !== undefined;
}

/** Returns the path of a program, also in the folders for administrators, which PATH may lack. */
export function find(program: string): string | undefined {
  const directories = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return directories.map((directory) => `${directory}/${program}`).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

let bundles: boolean | undefined;

/** Returns whether `deno bundle` works, which fetches esbuild once. */
function canBundle(): boolean {
  const file = Deno.makeTempFileSync({ suffix: ".js" });
  try {
    const args = ["bundle", "--quiet", file];
    return new Deno.Command(Deno.execPath(), { args, stdout: "null", stderr: "null" }).outputSync()
      .success;
  } finally {
    Deno.removeSync(file);
  }
}
