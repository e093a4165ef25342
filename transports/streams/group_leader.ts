/**
 * Child processes that lead a process group of their own.
 *
 * @module
 */

import type { ChildProcess, StdioOptions } from "node:child_process";
import type { Socket } from "node:net";
import type { ExitStatus } from "../transport.ts";
import { signalGroup } from "../../internal/signal.ts";
import { inheritedEnvironment } from "./environment.ts";
import { guardGroup } from "./guard.ts";
import { NodeChild } from "./node_child.ts";

/** A process to start. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Environment variables besides the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it can start processes of its own; what is left of them ends with it. Default true. */
  readonly startsOthers?: boolean;
  /** Ends what it has started elsewhere; run if this process dies, and the program does not end by that. */
  readonly endFarSide?: readonly string[];
  /** Exit code by which the program reports that it, not the far process, has ended. */
  readonly lostCode?: number;
}

/** A process could not be started. The system's reason is known a moment later. */
export class SpawnError extends Error {
  /** Resolves with an error that has a `code` such as `EMFILE`. */
  readonly reason: Promise<Error>;

  /** Makes the error of a child that Node could not start. */
  constructor(program: string, child: ChildProcess) {
    super(`${program} could not be started`);
    this.reason = new Promise((resolve) => child.once("error", resolve));
  }
}

/**
 * A child process. As it leads a process group, what it has started can be ended with it. If this
 * process dies, the group ends two seconds later.
 */
export class GroupLeader {
  readonly pid: number;
  /** Its end; never rejects. */
  readonly exited: Promise<ExitStatus>;
  readonly #process: NodeChild;
  #hasExited = false;

  /** Starts it. Needs `--allow-run` for the program and `--allow-env`. */
  constructor(
    { command: [program, ...args], env, startsOthers = true, endFarSide }: ProcessOptions,
    stdio: StdioOptions,
  ) {
    const process = this.#process = new NodeChild(program, args, {
      stdio,
      env: { ...inheritedEnvironment(), ...env },
      detached: true,
    });
    const { child } = process;
    if (child.pid === undefined) {
      const error = new SpawnError(program, child);
      const { state } = Deno.permissions.querySync({ name: "run", command: program });
      throw state === "granted"
        ? error
        : new Deno.errors.NotCapable(`Requires run access to "${program}"`);
    }
    this.pid = child.pid;
    const forget = guardGroup(child.pid, endFarSide);
    this.exited = process.exited.then(async (status) => {
      this.#hasExited = true;
      if (startsOthers) signalGroup(child, "SIGKILL");
      await forget();
      return status;
    });
  }

  /** The near ends of its pipes, by the number of the descriptor. Not for a descriptor that is no pipe. */
  get pipes(): Socket[] {
    return this.#process.child.stdio as unknown as Socket[];
  }

  /** Signals the process and all that it has started, unless it has ended. */
  signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (!this.#hasExited) signalGroup(this.#process.child, signal);
  }

  /** Keeps the event loop alive until it ends. */
  ref(): void {
    this.#process.ref();
  }

  /** Lets the event loop end. */
  unref(): void {
    this.#process.unref();
  }
}
