/**
 * Runs a program on this machine to its end: what a start has to ask before or after.
 *
 * @module
 */

/** How a program ended, and what it printed. */
export interface ProgramResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Options of {@linkcode runProgram}. */
export interface RunOptions {
  /** Environment variables besides this process's own. */
  env?: Readonly<Record<string, string>>;
  /** Ends it. */
  signal: AbortSignal;
  /** What it reads; default: nothing. */
  input?: ReadableStream<Uint8Array>;
}

/** Needs `--allow-run` for the program. */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { env = {}, signal, input }: RunOptions,
): Promise<ProgramResult> {
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  // Where it ends without reading all, its status tells why.
  const fed = input?.pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await fed;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
