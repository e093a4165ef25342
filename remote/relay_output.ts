/**
 * Sends on what a process writes.
 *
 * @module
 */

import type { ChannelCore } from "../channel/core.ts";
import { COPY_BYTES } from "../channel/send/batch.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";

/** What a read takes at most; a pipe holds no more, unless it was told to. */
const READ_BYTES = 64 * 1024;
/** What a pipe holds at most, so that no more of an ended process can come. */
const MOST_PIPE_BYTES = 1024 * 1024;
/** What waits in a pipe is there at once. */
const LAST_READ_MS = 500;

/** The stdout or stderr of a process. */
export class RelayOutput {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #to: Pick<ChannelCore, "sendBytes" | "sendOn">;
  /** Buffers that were read into, to be used again. */
  readonly #free: ArrayBuffer[] = [];
  /** Which read is under way; 0 between two. */
  #reading = 0;
  #reads = 0;
  /** What may still come. */
  #left = Infinity;
  #timer: Timer | undefined;

  constructor(from: ReadableStream<Uint8Array>, to: Pick<ChannelCore, "sendBytes" | "sendOn">) {
    this.#reader = from.getReader({ mode: "byob" });
    this.#to = to;
  }

  /** Sends all that comes. */
  async pass(): Promise<void> {
    while (this.#left > 0) {
      const bytes = await this.#read();
      if (bytes === undefined) return;
      this.#left -= bytes.length;
      await this.#send(bytes);
    }
    this.#cancel();
  }

  /** The process has ended. What it has left behind may hold the pipe open, and write to it. */
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
    // The first `setTimeout` of a process lets microtasks run: the read may be over when it returns.
    this.#timer = setTimeout(() => {
      if (this.#reading === read) this.#cancel();
    }, LAST_READ_MS);
  }

  #cancel(): void {
    this.#reader.cancel().catch(() => {}); // it has failed, which is as good an end
  }

  #send(bytes: Uint8Array<ArrayBuffer>): Promise<void> | void {
    const release = () => void this.#free.push(bytes.buffer);
    if (bytes.length > COPY_BYTES) return this.#to.sendBytes([bytes], release);
    // Many small reads would hold as many buffers until they are written.
    const sent = this.#to.sendOn(bytes);
    release();
    return sent;
  }
}
