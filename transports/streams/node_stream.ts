/**
 * A {@linkcode ByteStream} of Node's streams, the fastest that Deno has for pipes and sockets.
 *
 * @module
 */

import type { Readable, Writable } from "node:stream";
import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import { giveBack } from "../../internal/memory.ts";

/**
 * Bytes that may be left in the stream when the next write is accepted: enough that the far side never
 * runs dry between two writes. Node's own `drain` waits until nothing is left.
 */
const PIPELINED_BYTES = 64 * 1024;

/** A stream of a readable and a writable of Node, or of one socket as both. */
export class NodeByteStream implements ByteStream {
  readonly #readable: Readable;
  readonly #writable: Writable;
  #broken: Error | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;
  #flushed: PromiseWithResolvers<void> | undefined;

  constructor(readable: Readable, writable: Writable) {
    this.#readable = readable;
    this.#writable = writable;
    const broken = (error?: Error) => {
      this.#broken ??= error ?? new Error("the stream was closed");
      this.#waiting?.reject(this.#broken);
      this.#waiting = undefined;
      this.#flushed?.resolve();
    };
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
    this.#readable.on("data", ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>) => {
      // The chunk is a `Buffer`, whose `slice` makes no copy.
      const chunk = new Uint8Array(buffer, byteOffset, length);
      sink.data(chunk);
      if (length === buffer.byteLength) giveBack(chunk);
    });
    this.#readable.on("end", () => end());
    this.#readable.on("error", end);
    this.#readable.on("close", () => end());
    // The loader has paused it, and adding a listener does not resume a paused stream.
    this.#readable.resume();
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    if (this.#broken !== undefined) throw this.#broken;
    const last = chunks.length - 1;
    // The chunks leave in one system call.
    if (last > 0) this.#writable.cork();
    for (let i = 0; i < last; i++) this.#writable.write(chunks[i]);
    this.#writable.write(chunks[last], (error) => {
      if (error) return;
      written?.();
      this.#written();
    });
    if (last > 0) this.#writable.uncork();
    if (this.#writable.writableLength <= PIPELINED_BYTES) return;
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #written(): void {
    if (this.#writable.writableLength === 0) {
      this.#flushed?.resolve();
      this.#flushed = undefined;
    }
    if (this.#writable.writableLength > PIPELINED_BYTES) return;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  flushed(): Promise<void> {
    if (this.#broken !== undefined || this.#writable.writableLength === 0) return Promise.resolve();
    return (this.#flushed ??= Promise.withResolvers()).promise;
  }

  closeWrite(): void {
    if (this.#broken === undefined) this.#writable.end();
  }

  /**
   * As `closeWrite`; resolves when the peer can read all, or never will. Deno 2.7 reports a write as done
   * before that.
   */
  finish(): Promise<void> {
    if (this.#broken !== undefined) return Promise.resolve();
    return new Promise((resolve) => this.#writable.end(() => resolve()));
  }
}
