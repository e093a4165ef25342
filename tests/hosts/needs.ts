/** Tests that need a program which not every machine has. */

import { test } from "../support/bounded.ts";

/**
 * A test that is ignored where one of `programs` is missing, and says so by its name. In CI nothing
 * may be missing: it runs there, and fails.
 */
export function testWith(
  programs: readonly string[],
  sentence: string,
  body: () => Promise<void>,
): void {
  if (has(programs)) return test(sentence, body);
  Deno.test({ name: `${sentence} (needs ${programs.join(", ")})`, ignore: true, fn: body });
}

/** Whether all of `programs` are there; in CI they have to be. */
export function has(programs: readonly string[]): boolean {
  return Deno.env.get("CI") === "true" || programs.every((program) => find(program) !== undefined);
}

/** The path of a program, also where PATH leaves out what is for administrators. */
export function find(program: string): string | undefined {
  const directories = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return directories.map((directory) => `${directory}/${program}`).find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
