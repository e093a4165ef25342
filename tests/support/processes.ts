/** Other processes: their ends, and scripts that run as initiators. */

import { inTime, until } from "./deadline.ts";

/** Returns whether a process has ended. A zombie has, too: it waits for its parent. */
export async function isGone(pid: number): Promise<boolean> {
  const state = Deno.build.os === "linux" ? await stateByProc(pid) : await stateByPs(pid);
  return state === "" || state.startsWith("Z");
}

async function stateByProc(pid: number): Promise<string> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // The name, in parentheses, may have any character in it.
    return stat.slice(stat.lastIndexOf(")") + 2);
  } catch {
    return "";
  }
}

/** Costs a process each time, so only systems without `/proc` use it. */
async function stateByPs(pid: number): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

/** Waits for the end of a process, which need not be a child of this one. */
export async function whenGone(pid: number, ms?: number): Promise<void> {
  await until(`the end of process ${pid}`, () => isGone(pid), ms);
}

/** What a script printed, and how it ended. */
export interface ScriptResult {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that runs as an initiator, in a process of its own. */
export class Script implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #remove: () => Promise<void>;
  readonly #stdout: Collected;
  readonly #stderr: Collected;

  private constructor(child: Deno.ChildProcess, remove: () => Promise<void>) {
    this.#child = child;
    this.#remove = remove;
    this.#stdout = collect(child.stdout);
    this.#stderr = collect(child.stderr);
  }

  /** Starts `source` with exactly `flags`; `mod.ts` is bound as `execnet` in it. */
  static async start(source: string, flags: readonly string[]): Promise<Script> {
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, `import * as execnet from "${MODULE}";\n${source}\n`);
    return Script.run([`--config=${CONFIG}`, ...flags, file], () => Deno.remove(file));
  }

  /** Starts `deno run` with arguments; `remove` removes its files afterwards. */
  static run(
    args: readonly string[],
    remove: () => Promise<void>,
    options: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
  ): Script {
    const child = new Deno.Command(Deno.execPath(), {
      ...options,
      args: ["run", "--no-prompt", "--quiet", ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Script(child, remove);
  }

  get pid(): number {
    return this.#child.pid;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the first match of `pattern` on its stdout. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    await until(`${pattern} on stdout; stderr: ${this.#stderr.text}`, () => {
      return pattern.test(this.#stdout.text);
    });
    return pattern.exec(this.#stdout.text) as RegExpExecArray;
  }

  /** Waits for a match of `pattern` on its stderr. */
  async complained(pattern: RegExp): Promise<void> {
    await until(`${pattern} on stderr`, () => pattern.test(this.#stderr.text));
  }

  /** Waits for its end. */
  async result(ms?: number): Promise<ScriptResult> {
    const { code, signal } = await inTime("the end of a script", this.#child.status, ms);
    await inTime("the script's output", Promise.all([this.#stdout.ended, this.#stderr.ended]), ms);
    return { code, signal, stdout: this.#stdout.text, stderr: this.#stderr.text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch { /* it has ended */ }
    await this.#child.status;
    await Promise.all([this.#stdout.stop(), this.#stderr.stop()]);
    await this.#remove();
  }
}

const MODULE = new URL("../../mod.ts", import.meta.url).href;
const CONFIG = new URL("../../deno.json", import.meta.url).pathname;

/** Runs a script to its end; see {@linkcode Script.start}. */
export async function runScript(
  source: string,
  flags: readonly string[],
  ms?: number,
): Promise<ScriptResult> {
  await using script = await Script.start(source, flags);
  return await script.result(ms);
}

interface Collected {
  text: string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

function collect(stream: ReadableStream<Uint8Array>): Collected {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const collected = { text: "", ended: read(), stop: () => reader.cancel() };
  async function read(): Promise<void> {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      collected.text += decoder.decode(chunk.value, { stream: true });
    }
  }
  return collected;
}
