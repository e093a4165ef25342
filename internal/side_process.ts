/**
 * Side processes: short ones that answer a question or do an errand beside the gateways, such as
 * `deno --version`. Each is bounded in time and output, and ends with this process.
 *
 * @module
 */

import { endOf } from "./child_end.ts";
import { SHELL, signalGroupBy } from "./shell.ts";
import { signalGroup } from "./signal.ts";
import { setTimeout } from "./timers.ts";
import { bounded, within } from "./wait.ts";

/** A program to run. */
export interface SideProgram {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Environment variables besides the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. Default: that of this process. */
  readonly cwd?: string;
}

/** Bounds and input of a side process. */
export interface SideOptions {
  /** Milliseconds until it is ended. Default: no limit. */
  timeout?: number;
  /** Ends it when aborted. */
  signal?: AbortSignal;
  /** What it reads from stdin. Default: nothing. */
  input?: ReadableStream<Uint8Array>;
  /** How many bytes of its stdout are kept, the last ones. Default 16 KiB, as of stderr. */
  keptBytes?: number;
}

/** How a side process ended, and what it printed. */
export interface SideResult {
  /** Exit code; `null` if it was ended by a signal, or nobody knows. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended because it took longer than its time. */
  readonly timedOut: boolean;
  /** Whether its stdout was longer than what was kept. */
  readonly isCut: boolean;
}

/** A side process under way, on whichever machine. */
export interface SideProcess {
  /** Resolves with its exit code when it has ended, `null` if that is unknown. Never rejects. */
  readonly exited: Promise<number | null>;
  /** Resolves when its output has ended, which a process that it left behind may delay. Never rejects. */
  readonly drained: Promise<unknown>;
  readonly stdout: LastBytes;
  readonly stderr: LastBytes;
  /** Signals it and all that it has started. */
  abort(signal: "SIGTERM" | "SIGKILL"): void;
}

const KEPT_BYTES = 16 * 1024;
/** Time from SIGTERM to SIGKILL: what a carrier holds elsewhere, such as an allocation, is given back. */
const TERM_GRACE_MS = 1_000;
/** Time for the exit status after SIGKILL, and for the last output after the exit. */
const LAST_MS = 500;
/** Pause between two reads of output that is not kept whole: a flood would keep this process busy. */
const FLOOD_PAUSE_MS = 5;

/**
 * Ends with the process that has started it, within a second: so it has the time to end something
 * else that is to end with that process. `"$@"` is the program.
 */
const END_WITH_STARTER = `P=$PPID
{
  trap '' TERM
  while kill -0 "$P"; do sleep 1; done
  ${signalGroupBy("KILL", "$$")}
} </dev/null >/dev/null 2>&1 &
exec "$@"`;

/** The last bytes of a stream. */
export class LastBytes {
  readonly #max: number;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  #isCut = false;

  /** @param max How many are kept. */
  constructor(max: number = KEPT_BYTES) {
    this.#max = max;
  }

  /** Whether there were more. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** The bytes as UTF-8. */
  get text(): string {
    const decoder = new TextDecoder();
    return this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
  }

  /** Adds bytes, which are not copied unless some of them are dropped. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes > this.#max) {
      this.#isCut = true;
      const [first] = this.#chunks;
      const left = first.length - (this.#bytes - this.#max);
      if (left > 0) this.#chunks[0] = first.slice(-left);
      else this.#chunks.shift();
      this.#bytes -= left > 0 ? first.length - left : first.length;
    }
  }

  /** Adds all that a stream provides. */
  async collect(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<void> {
    const reader = stream.getReader();
    signal?.addEventListener("abort", () => reader.cancel().catch(() => {}));
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        this.push(read.value);
        if (this.#isCut) await new Promise<void>((resolve) => setTimeout(resolve, FLOOD_PAUSE_MS));
      }
    } catch { /* it ends here, too */ }
  }
}

/**
 * Waits for the end of a side process, which gets SIGTERM at its limit, and SIGKILL a second later. What
 * is left of its output is not waited for long: something that it has started may hold its pipes.
 */
export async function awaitEnd(
  process: SideProcess,
  { timeout, signal }: Pick<SideOptions, "timeout" | "signal">,
): Promise<SideResult> {
  const { exited, drained, stdout, stderr } = process;
  let timedOut = false;
  const expired = () => {
    timedOut = true;
    return new Error("it took too long");
  };
  try {
    await bounded(exited, { timeout, signal }, expired);
  } catch {
    process.abort("SIGTERM");
    if (await within(exited, TERM_GRACE_MS) === undefined) process.abort("SIGKILL");
  }
  const code = await within(exited, LAST_MS) ?? null;
  await within(drained, LAST_MS);
  return { code, stdout: stdout.text, stderr: stderr.text, timedOut, isCut: stdout.isCut };
}

/** Returns a command that ends with the process that starts it, if there is a shell for that. */
export function endingWithStarter(command: SideProgram["command"]): SideProgram["command"] {
  return [SHELL, "-c", END_WITH_STARTER, "sh", ...command];
}

/** Runs a side process on this machine. Needs `--allow-run` for its program. */
export async function runSideProcess(
  { command, env, cwd }: SideProgram,
  { input, keptBytes, timeout, signal }: SideOptions,
): Promise<SideResult> {
  signal?.throwIfAborted();
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  const [program, ...args] = state === "granted" ? endingWithStarter(command) : command;
  const child = new Deno.Command(program, {
    args,
    env,
    cwd,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const over = new AbortController();
  // If it ends without reading all, its status says why.
  input?.pipeTo(child.stdin, { signal: over.signal }).catch(() => {});
  const [stdout, stderr] = [new LastBytes(keptBytes), new LastBytes()];
  const abort = (signal: "SIGTERM" | "SIGKILL") => signalGroup(child, signal);
  const exited = endOf(child).then(({ code }) => code);
  exited.then(() => abort("SIGKILL")); // what it has left behind
  const drained = Promise.all([
    stdout.collect(child.stdout, over.signal),
    stderr.collect(child.stderr, over.signal),
  ]);
  try {
    return await awaitEnd({ exited, drained, stdout, stderr, abort }, { timeout, signal });
  } finally {
    over.abort();
  }
}
