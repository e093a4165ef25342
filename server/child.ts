/**
 * The process of a session.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { ProcessOptions } from "../transports/streams/process.ts";
import { signalGroup } from "../transports/streams/signal.ts";
import type { ExitStatus } from "../transports/transport.ts";

/** A process whose stdin and stdout carry a gateway's protocol. */
export class SessionProcess {
  readonly pid: number;
  readonly exited: Promise<ExitStatus>;
  /** What the user's code prints. */
  readonly output: { readonly stdout: Socket; readonly stderr: Socket };
  /** Pipes that carry its protocol; undefined if it was given a descriptor. */
  readonly protocol: { readonly input: Socket; readonly output: Socket } | undefined;
  readonly #child: ChildProcess;
  #ended = false;

  /**
   * Starts it. Needs `--allow-run` for the program and `--allow-env`.
   *
   * @param descriptor A connection for it to use as its stdin and stdout.
   */
  constructor(
    { command: [program, ...args], env, startsOthers = true }: ProcessOptions,
    descriptor?: number,
  ) {
    const protocol = descriptor ?? "pipe";
    const child = this.#child = spawn(program, args, {
      stdio: [protocol, protocol, "pipe", "pipe"],
      env: { ...Deno.env.toObject(), ...env },
      // Makes it the leader of a process group, so that what it has started can be ended with it.
      detached: true,
    });
    if (child.pid === undefined) {
      child.on("error", () => {}); // thrown here, before the event
      throw new Error(`${program} could not be started`);
    }
    this.pid = child.pid;
    const [input, output, stderr, stdout] = child.stdio as unknown as Socket[];
    this.output = { stdout, stderr };
    if (descriptor === undefined) this.protocol = { input, output };
    this.exited = new Promise((resolve) => {
      child.on("exit", (code, signal) => {
        this.#ended = true;
        if (startsOthers) signalGroup(child, "SIGKILL");
        resolve({ code, signal });
      });
      child.on("error", () => resolve({ code: 127, signal: null }));
    });
  }

  /** Sends a signal, unless it has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (!this.#ended) signalGroup(this.#child, signal);
  }

  /** Closes its pipes, whose other ends a grandchild may hold. */
  release(): void {
    for (const pipe of this.#child.stdio) pipe?.destroy();
  }
}
