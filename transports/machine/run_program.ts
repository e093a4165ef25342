/**
 * Runs a program on this machine to its end.
 *
 * @module
 */

import type { ProcessOptions } from "../streams/group_leader.ts";

/** How a program ended, and what it printed. */
export interface ProgramResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Options of {@linkcode runProgram}. */
export interface RunOptions {
  /** Ends the program. */
  signal: AbortSignal;
  /** What the program reads from stdin. Default: nothing. */
  input?: ReadableStream<Uint8Array>;
}

/** Runs a program. Needs `--allow-run` for it. */
export async function runProgram(
  { command: [program, ...args], env }: ProcessOptions,
  { signal, input }: RunOptions,
): Promise<ProgramResult> {
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  // If it ends without reading all, its status says why.
  const fed = input?.pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
