/** Tests that need something that not every machine has. */

import { canStripTypes } from "../../code/source.ts";
import { test } from "./bounded.ts";

/**
 * Makes a test fail if something is missing, instead of ignoring it. `.ci/run` sets it after it has
 * installed everything, so that no test is ignored there unnoticed.
 */
const IS_ALL_REQUIRED = Deno.env.get("EXECNET_TEST_REQUIRE_ALL") === "true";

/**
 * Registers a test that is ignored if one of `needs` is missing: `"linux"`, `"root"`, `"types"` (a Deno
 * that removes them by itself), or a program. Its name then says what is missing.
 */
export function testWith(
  needs: readonly string[],
  sentence: string,
  body: () => Promise<void>,
): void {
  if (has(needs)) return test(sentence, body);
  const lacking = needs.filter((need) => !isThere(need));
  Deno.test({ name: `${sentence} (needs ${lacking.join(", ")})`, ignore: true, fn: body });
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
