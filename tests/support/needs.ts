/** Tests that need what not every machine has. */

import { test } from "./bounded.ts";

/**
 * Makes a test fail that lacks something, in place of leaving it out. `.ci/run` sets it when it has
 * installed everything, so that nothing is left out there unseen.
 */
const IS_ALL_REQUIRED = Deno.env.get("EXECNET_TEST_REQUIRE_ALL") === "true";

/**
 * A test that is ignored on a machine that lacks one of `needs`, and names it: `"linux"`, `"root"`, or
 * a program.
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

/** Whether a test with these needs is to run. */
export function has(needs: readonly string[]): boolean {
  return IS_ALL_REQUIRED || needs.every(isThere);
}

/** Whether what costs a download is to be fetched. */
export function mayFetch(): boolean {
  return IS_ALL_REQUIRED;
}

function isThere(need: string): boolean {
  if (need === "linux") return Deno.build.os === "linux";
  if (need === "root") return Deno.uid() === 0;
  return find(need) !== undefined;
}

/** The path of a program, also where PATH leaves out what is for administrators. */
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
