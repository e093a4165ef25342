/**
 * A child process that carries the protocol on its stdin and stdout.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { NodeByteStream } from "./node_stream.ts";
import { signalGroup } from "./signal.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";

/** What to start. */
export interface ProcessOptions {
  /** Program and arguments. Fd 3 of it is a socket whose bytes are {@linkcode Transport.output}'s stdout. */
  command: readonly [string, ...string[]];
  /** Environment variables besides this process's own. */
  env?: Readonly<Record<string, string>>;
  /** Whether it can start processes of its own: what is left of them ends with it. Default true. */
  startsOthers?: boolean;
  /** Exit code by which the program says that it, not what it carries, has ended. */
  lostCode?: number;
}

/**
 * A child process as a transport.
 *
 * Pipes, not a socket pair, carry the protocol: the child can open `/dev/fd/N` of a pipe, which
 * starts twice as fast as `node:net` does.
 */
export class ProcessTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #child: ChildProcess;
  readonly #stream: NodeByteStream;
  readonly #sockets: Socket[];
  #ended = false;

  /** Needs `--allow-run` for the program and `--allow-env`. */
  constructor({ command: [program, ...args], env, lostCode, startsOthers = true }: ProcessOptions) {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      env: { ...Deno.env.toObject(), ...env },
      // A process group of its own: so what it has started can be ended with it.
      detached: true,
    });
    if (child.pid === undefined) {
      child.on("error", () => {}); // what it tells, later, is thrown now
      const { state } = Deno.permissions.querySync({ name: "run", command: program });
      throw state === "granted"
        ? new Error(`${program} could not be started`)
        : new Deno.errors.NotCapable(`Requires run access to "${program}"`);
    }
    this.#child = child;
    const [stdin, stdout, stderr, userOutput] = child.stdio as unknown as Socket[];
    this.#sockets = [stdin, stdout, stderr, userOutput];
    this.#stream = new NodeByteStream(stdout, stdin);
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

  start(sink: ByteSink): void {
    this.#stream.start(sink);
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#stream.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#stream.flushed();
  }

  closeWrite(): void {
    this.#stream.closeWrite();
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

  /** One that is closed would take note of each call, to obey it once it is connected. */
  #open(): Socket[] {
    return this.#sockets.filter((socket) => !socket.destroyed);
  }

  // A grandchild may hold the pipes' other ends open for ever. One that has ended closes by itself:
  // destroyed just then, its handle would keep all of this gateway in memory (Deno 2.9.6).
  release(): void {
    for (const socket of this.#sockets) if (!socket.readableEnded) socket.destroy();
  }
}

function webStream(socket: Socket): ReadableStream<Uint8Array> {
  return Readable.toWeb(socket) as unknown as ReadableStream<Uint8Array>;
}
