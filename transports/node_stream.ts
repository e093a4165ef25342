/**
 * Node's streams as a stream of bytes: the quickest that Deno has for pipes and sockets.
 *
 * @module
 */

import type { Readable, Writable } from "node:stream";
import type { ByteSink, ByteStream } from "../protocol/byte_stream.ts";

/** A readable and a writable of Node, or a socket twice, as one {@linkcode ByteStream}. */
export class NodeByteStream implements ByteStream {
  readonly #readable: Readable;
  readonly #writable: Writable;
  #broken: Error | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;

  constructor(readable: Readable, writable: Writable) {
    this.#readable = readable;
    this.#writable = writable;
    const drained = () => {
      this.#waiting?.resolve();
      this.#waiting = undefined;
    };
    const broken = (error?: Error) => {
      this.#broken ??= error ?? new Error("the stream was closed");
      this.#waiting?.reject(this.#broken);
      this.#waiting = undefined;
    };
    writable.on("drain", drained);
    writable.on("error", broken);
    writable.on("close", () => broken());
  }

  start(sink: ByteSink): void {
    let ended = false;
    const end = (error?: Error) => {
      if (ended) return;
      ended = true;
      sink.end(error);
    };
    this.#readable.on("data", (chunk: Uint8Array<ArrayBuffer>) => sink.data(chunk));
    this.#readable.on("end", () => end());
    this.#readable.on("error", end);
    this.#readable.on("close", () => end());
  }

  write(chunks: readonly Uint8Array[]): Promise<void> | void {
    if (this.#broken !== undefined) throw this.#broken;
    let room = true;
    for (const chunk of chunks) room = this.#writable.write(chunk);
    if (room) return;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  closeWrite(): void {
    if (this.#broken === undefined) this.#writable.end();
  }
}
