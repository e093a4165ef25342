/**
 * A pipe within this process, for tests.
 *
 * @module
 */

import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import { setTimeout } from "../../internal/timers.ts";

/** Bytes that are under way when a write begins to wait. */
const PIPE_BYTES = 64 * 1024;

/** One end of a pipe. */
export class MemoryStream implements ByteStream {
  #peer: MemoryStream | undefined;
  #sink: ByteSink | undefined;
  #received: Uint8Array<ArrayBuffer>[] = [];
  #receivedBytes = 0;
  #delivering = false;
  #ended: { error: Error | undefined } | undefined;
  #writers: (() => void)[] = [];

  /** Makes the two ends of a pipe. */
  static pair(): [MemoryStream, MemoryStream] {
    const [a, b] = [new MemoryStream(), new MemoryStream()];
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#deliver();
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    const peer = this.#peer;
    if (peer === undefined || peer.#ended !== undefined) throw new Error("the pipe is broken");
    for (const chunk of chunks) {
      peer.#received.push(new Uint8Array(chunk));
      peer.#receivedBytes += chunk.length;
    }
    written?.();
    peer.#deliver();
    if (peer.#receivedBytes < PIPE_BYTES) return;
    return new Promise((resolve) => peer.#writers.push(resolve));
  }

  async flushed(): Promise<void> {}

  closeWrite(): void {
    if (this.#peer !== undefined) this.#peer.#end(undefined);
  }

  /** Ends both directions, as the end of a process does. */
  break(error?: Error): void {
    if (this.#peer !== undefined) this.#peer.#end(error);
    this.#end(error);
  }

  #end(error: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#deliver();
  }

  #deliver(): void {
    if (this.#delivering || this.#sink === undefined) return;
    this.#delivering = true;
    // As with a real pipe, other tasks run between chunks.
    setTimeout(() => {
      this.#delivering = false;
      const received = this.#received;
      this.#received = [];
      this.#receivedBytes = 0;
      for (const chunk of received) this.#sink?.data(chunk);
      for (const resume of this.#writers.splice(0)) resume();
      if (this.#received.length > 0) return this.#deliver();
      if (this.#ended !== undefined) {
        this.#sink?.end(this.#ended.error);
        this.#sink = undefined;
      }
    });
  }
}
