/**
 * A child process that carries the protocol on its stdin and stdout.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";
import { ForwardingStream } from "./forward.ts";
import { NodeByteStream } from "./node_stream.ts";
import { signalGroup } from "./signal.ts";

/** A process to start. */
export interface ProcessOptions {
  /** Program and arguments. */
  readonly command: readonly [string, ...string[]];
  /** Environment variables besides the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it can start processes of its own; what is left of them ends with it. Default true. */
  readonly startsOthers?: boolean;
  /** Exit code by which the program reports that it, not the far process, has ended. */
  readonly lostCode?: number;
}

/**
 * A child process that carries the protocol on its stdin and stdout. Its fd 3 is a socket whose bytes
 * are the stdout of {@linkcode Transport.output}.
 *
 * The protocol goes over pipes, not a socket pair: the child can open `/dev/fd/N` of a pipe, which
 * starts twice as fast as `node:net` does.
 */
export class ProcessTransport extends ForwardingStream implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #child: ChildProcess;
  readonly #sockets: Socket[];
  #ended = false;

  /** Starts it. Needs `--allow-run` for the program and `--allow-env`. */
  constructor({ command: [program, ...args], env, lostCode, startsOthers = true }: ProcessOptions) {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      env: { ...Deno.env.toObject(), ...env },
      // Makes it the leader of a process group, so that what it has started can be ended with it.
      detached: true,
    });
    if (child.pid === undefined) {
      child.on("error", () => {}); // its reason is thrown here, before the event
      const { state } = Deno.permissions.querySync({ name: "run", command: program });
      throw state === "granted"
        ? new Error(`${program} could not be started`)
        : new Deno.errors.NotCapable(`Requires run access to "${program}"`);
    }
    const [stdin, stdout, stderr, userOutput] = child.stdio as unknown as Socket[];
    super(new NodeByteStream(stdout, stdin));
    this.#child = child;
    this.#sockets = [stdin, stdout, stderr, userOutput];
    this.exited = new Promise((resolve) => {
      child.on("exit", (code, signal) => {
        this.#ended = true;
        if (startsOthers) signalGroup(child, "SIGKILL");
        resolve(code === lostCode ? NO_STATUS : { code, signal });
      });
      child.on("error", () => resolve({ code: 127, signal: null }));
    });
    this.output = { stdout: webStream(userOutput), stderr: webStream(stderr) };
    this.unref();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (!this.#ended) signalGroup(this.#child, signal);
  }

  ref(): void {
    this.#child.ref();
    for (const socket of this.#open()) socket.ref();
  }

  unref(): void {
    this.#child.unref();
    for (const socket of this.#open()) socket.unref();
  }

  /** Leaves out closed sockets: Node would queue each call for when they are connected. */
  #open(): Socket[] {
    return this.#sockets.filter((socket) => !socket.destroyed);
  }

  // A grandchild may hold the other ends of the pipes open for ever. A pipe that has ended closes by
  // itself: destroyed at that moment, its handle would keep all of this gateway in memory (Deno 2.9.6).
  release(): void {
    for (const socket of this.#sockets) if (!socket.readableEnded) socket.destroy();
  }
}

function webStream(socket: Socket): ReadableStream<Uint8Array> {
  return Readable.toWeb(socket) as unknown as ReadableStream<Uint8Array>;
}
