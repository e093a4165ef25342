/**
 * Child processes of `node:child_process`, whose end is always told.
 *
 * @module
 */

import "./duplex.ts";
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { unnamedSignal } from "../../internal/child_end.ts";
import { mayRunShell, SHELL } from "../../internal/shell.ts";
import { clearTimer, setTimeout, type Timer } from "../../internal/timers.ts";
import type { ExitStatus } from "../transport.ts";

/** Time for the `exit` of a child that has ended at the same time as one that has none. */
const EXIT_MS = 20;

/** Prints which of its arguments are processes no more. Only Linux has such signals, and it has `/proc`. */
const PRINT_ENDED = 'for P; do [ -d "/proc/$P" ] || echo "$P"; done';

/** Children whose end was not told yet. */
const open = new Set<NodeChild>();

/** A child process. */
export class NodeChild {
  readonly child: ChildProcess;
  /** Its end; code 127 if it could not be started. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  readonly #exit: (status: ExitStatus) => void;
  #exitTimer: Timer | undefined;

  /** Starts it. Needs `--allow-run` for the program. */
  constructor(program: string, args: readonly string[], options: SpawnOptions) {
    const child = this.child = spawn(program, args, options);
    const exited = Promise.withResolvers<ExitStatus>();
    this.exited = exited.promise;
    this.#exit = (status) => {
      clearTimer(this.#exitTimer);
      forget(this);
      exited.resolve(status);
    };
    if (open.size === 0) globalThis.addEventListener("unhandledrejection", tellUnnamed);
    open.add(this);
    child.once("exit", (code, signal) => this.#exit({ code, signal }));
    child.on("error", () => this.#exit({ code: 127, signal: null }));
  }

  /** Keeps the event loop alive until it ends. */
  ref(): void {
    ifAlive(() => this.child.ref());
  }

  /** Lets the event loop end. */
  unref(): void {
    ifAlive(() => this.child.unref());
  }

  /** It has ended, by `signal` unless it still tells how. */
  tell(signal: string): void {
    this.#exitTimer ??= setTimeout(() => this.#exit({ code: null, signal }), EXIT_MS);
  }
}

/** Deno throws for a child whose end it knows already, and has not told yet. */
function ifAlive(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function forget(child: NodeChild): void {
  if (open.delete(child) && open.size === 0) {
    globalThis.removeEventListener("unhandledrejection", tellUnnamed);
  }
}

/**
 * Deno's `node:child_process` emits no `exit` for a child that a real-time signal has ended (2.9.6).
 * Instead it rejects a promise that nobody has, which would end this process, and does not say whose.
 */
function tellUnnamed(event: PromiseRejectionEvent): void {
  const signal = unnamedSignal(event.reason);
  if (signal === undefined) return;
  const ended = endedOf([...open]);
  if (ended.length === 0) return; // a child of somebody else
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const child of ended) child.tell(signal);
}

/** Without a shell, the end of its stdout has to say that a child has ended. */
function endedOf(children: NodeChild[]): NodeChild[] {
  const pids = mayRunShell() ? endedPids(children) : undefined;
  return children.filter(({ child: { pid, stdout } }) =>
    pids?.includes(`${pid}`) ?? stdout?.readableEnded
  );
}

/** Returns undefined if the system has no room for a process more. */
function endedPids(children: NodeChild[]): string[] | undefined {
  try {
    const { stdout } = new Deno.Command(SHELL, {
      args: ["-c", PRINT_ENDED, "sh", ...children.map(({ child }) => `${child.pid}`)],
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return new TextDecoder().decode(stdout).split("\n");
  } catch {
    return undefined;
  }
}
