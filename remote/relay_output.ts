/**
 * Sends the output of a process to the initiator.
 *
 * @module
 */

import type { ChannelCore } from "../channel/core.ts";
import { COPY_BYTES } from "../channel/send/batch.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";

/** The size of a read; a pipe holds no more by default. */
const READ_BYTES = 64 * 1024;
/** The largest pipe: a process that has ended can have left no more in it. */
const MOST_PIPE_BYTES = 1024 * 1024;
/** The time of a read after the end of the process: bytes in a pipe are there at once. */
const LAST_READ_MS = 500;

/** The stdout or stderr of a process. */
export class RelayOutput {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #to: Pick<ChannelCore, "sendBytes" | "sendOn">;
  /** Buffers to be used again. */
  readonly #free: ArrayBuffer[] = [];
  /** The number of the read under way; 0 between two. */
  #reading = 0;
  #reads = 0;
  /** The number of bytes to be read at most. */
  #left = Infinity;
  #timer: Timer | undefined;

  constructor(from: ReadableStream<Uint8Array>, to: Pick<ChannelCore, "sendBytes" | "sendOn">) {
    this.#reader = from.getReader({ mode: "byob" });
    this.#to = to;
  }

  /** Sends everything until the end. */
  async pass(): Promise<void> {
    while (this.#left > 0) {
      const bytes = await this.#read();
      if (bytes === undefined) return;
      this.#left -= bytes.length;
      await this.#send(bytes);
    }
    this.#cancel();
  }

  /** Limits the rest: the process has ended, but one that it has started may keep the pipe open. */
  processEnded(): void {
    this.#left = MOST_PIPE_BYTES;
    this.#boundRead();
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const buffer = this.#free.pop() ?? new ArrayBuffer(READ_BYTES);
    this.#reading = ++this.#reads;
    this.#boundRead();
    try {
      const { done, value } = await this.#reader.read(new Uint8Array(buffer));
      return done ? undefined : value;
    } finally {
      this.#reading = 0;
      clearTimer(this.#timer);
    }
  }

  #boundRead(): void {
    const read = this.#reading;
    if (read === 0 || this.#left === Infinity) return;
    // The first `setTimeout` of a process runs microtasks: the read may be over when it returns.
    this.#timer = setTimeout(() => {
      if (this.#reading === read) this.#cancel();
    }, LAST_READ_MS);
  }

  #cancel(): void {
    this.#reader.cancel().catch(() => {}); // it has failed, which is an end, too
  }

  #send(bytes: Uint8Array<ArrayBuffer>): Promise<void> | void {
    const release = () => void this.#free.push(bytes.buffer);
    if (bytes.length > COPY_BYTES) return this.#to.sendBytes([bytes], release);
    // Copied, as many small reads would each hold a buffer until they are written.
    const sent = this.#to.sendOn(bytes);
    release();
    return sent;
  }
}
