/** Runs examples. */

import { assertEquals } from "@std/assert";

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);
/** The longest that an example may take. */
export const DEADLINE_MS = 60_000;

/** What a program printed, and its exit code. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program in the root of the repository. */
export async function run(
  command: string,
  args: string[],
  env?: Record<string, string>,
): Promise<Ran> {
  const output = await new Deno.Command(command, {
    args,
    env: { NO_COLOR: "1", ...env },
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

/** Runs an example with the flags that its first comment states. */
export async function runExample(
  name: string,
  { args = [], flags = [], env }: {
    args?: string[];
    flags?: string[];
    env?: Record<string, string>;
  } = {},
): Promise<Ran> {
  const file = `examples/${name}.ts`;
  const text = await Deno.readTextFile(new URL(file, ROOT));
  const stated = /^ \* {5}deno run (.+) (examples\/\S+)/m.exec(text);
  assertEquals(stated?.[2], file, `${file} does not say how to run it`);
  const permissions = (stated?.[1] ?? "").split(" ");
  const all = ["run", "--quiet", "--no-prompt", ...permissions, ...flags, file, ...args];
  return await run(Deno.execPath(), all, env);
}

/** Returns what an example prints on stdout; it has to succeed, with nothing on stderr. */
export async function outputOf(name: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runExample(name, { args });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}
