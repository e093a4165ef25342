/**
 * A child process that carries the protocol on its stdin and stdout.
 *
 * @module
 */

import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";
import { ForwardingStream } from "./forward.ts";
import { GroupLeader, type ProcessOptions } from "./group_leader.ts";
import { NodeByteStream } from "./node_stream.ts";

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
  readonly #leader: GroupLeader;

  /** Starts it. Needs `--allow-run` for the program and `--allow-env`. */
  constructor(options: ProcessOptions) {
    const leader = new GroupLeader(options, ["pipe", "pipe", "pipe", "pipe"]);
    const [stdin, stdout, stderr, userOutput] = leader.pipes;
    super(new NodeByteStream(stdout, stdin));
    this.#leader = leader;
    const { lostCode } = options;
    this.exited = leader.exited.then((status) => status.code === lostCode ? NO_STATUS : status);
    this.output = { stdout: webStream(userOutput), stderr: webStream(stderr) };
    this.unref();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#leader.signal(signal);
  }

  ref(): void {
    this.#leader.ref();
    for (const pipe of this.#open()) pipe.ref();
  }

  unref(): void {
    this.#leader.unref();
    for (const pipe of this.#open()) pipe.unref();
  }

  /** Leaves out closed pipes: Node would queue each call for when they are connected. */
  #open(): Socket[] {
    return this.#leader.pipes.filter((pipe) => !pipe.destroyed);
  }

  // A grandchild may hold the other ends of the pipes open for ever. A pipe that has ended closes by
  // itself: destroyed at that moment, its handle would keep all of this gateway in memory (Deno 2.9.6).
  release(): void {
    for (const pipe of this.#leader.pipes) if (!pipe.readableEnded) pipe.destroy();
  }
}

function webStream(socket: Socket): ReadableStream<Uint8Array> {
  return Readable.toWeb(socket) as unknown as ReadableStream<Uint8Array>;
}
