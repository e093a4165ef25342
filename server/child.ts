/**
 * The process of a session.
 *
 * @module
 */

import type { Socket } from "node:net";
import { GroupLeader, type ProcessOptions } from "../transports/streams/group_leader.ts";
import type { ExitStatus } from "../transports/transport.ts";

/** A process whose stdin and stdout carry a gateway's protocol. */
export class SessionProcess {
  readonly #leader: GroupLeader;
  readonly #ownsProtocol: boolean;

  /**
   * Starts it. Needs `--allow-run` for the program and `--allow-env`.
   *
   * @param descriptor A connection for it to use as its stdin and stdout.
   */
  constructor(options: ProcessOptions, descriptor?: number) {
    const protocol = descriptor ?? "pipe";
    this.#leader = new GroupLeader(options, [protocol, protocol, "pipe", "pipe"]);
    this.#ownsProtocol = descriptor !== undefined;
  }

  get pid(): number {
    return this.#leader.pid;
  }

  get exited(): Promise<ExitStatus> {
    return this.#leader.exited;
  }

  /** What the user's code prints. */
  get output(): { readonly stdout: Socket; readonly stderr: Socket } {
    const [, , stderr, stdout] = this.#leader.pipes;
    return { stdout, stderr };
  }

  /** Pipes that carry its protocol; undefined if it was given a descriptor. */
  get protocol(): { readonly input: Socket; readonly output: Socket } | undefined {
    if (this.#ownsProtocol) return undefined;
    const [input, output] = this.#leader.pipes;
    return { input, output };
  }

  /** Sends a signal, unless it has ended. */
  kill(signal: "SIGTERM" | "SIGKILL"): void {
    this.#leader.signal(signal);
  }

  /** Closes its pipes, whose other ends a grandchild may hold. */
  release(): void {
    const { stdout, stderr } = this.output;
    const { input, output } = this.protocol ?? {};
    for (const pipe of [stdout, stderr, input, output]) pipe?.destroy();
  }
}
