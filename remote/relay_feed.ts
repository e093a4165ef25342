/**
 * Writes what comes to a process, in few large pieces instead of many small ones.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";

/** Half of what a pipe holds: the process reads one half while the other is written. */
const BLOCK_BYTES = 32 * 1024;

interface Block {
  bytes: Uint8Array<ArrayBuffer>;
  filled: number;
  /** What it holds of the window. */
  cost: number;
}

/**
 * The stdin of a process. While a write is under way, what comes gathers in blocks, which are used
 * again: as many as the window has room for.
 */
export class RelayFeed {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #written: (cost: number) => void;
  readonly #blocks = new Queue<Block>();
  readonly #free: Block[] = [];
  /** The one that is being filled; the last of those that wait. */
  #open: Block | undefined;
  #writing: Promise<void> | undefined;

  /** @param written Called with the cost of what was written. */
  constructor(stdin: WritableStream<Uint8Array>, written: (cost: number) => void) {
    this.#writer = stdin.getWriter();
    this.#written = written;
  }

  /** Takes a copy of `bytes`. */
  push(bytes: Uint8Array, cost: number): void {
    if (bytes.length === 0) return this.#written(cost);
    for (let at = 0; at < bytes.length;) {
      const block = this.#block();
      const part = bytes.subarray(at, at + BLOCK_BYTES - block.filled);
      block.bytes.set(part, block.filled);
      block.filled += part.length;
      at += part.length;
      if (at === bytes.length) block.cost += cost;
    }
    this.#writing ??= this.#write();
  }

  /** Closes it after what was pushed. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#writer.close().catch(() => {}); // the process does not read any more
  }

  #block(): Block {
    if (this.#open !== undefined && this.#open.filled < BLOCK_BYTES) return this.#open;
    const block = this.#free.pop() ?? { bytes: new Uint8Array(BLOCK_BYTES), filled: 0, cost: 0 };
    this.#blocks.push(block);
    return this.#open = block;
  }

  async #write(): Promise<void> {
    await undefined; // the rest of the same read goes along
    for (let block = this.#blocks.shift(); block; block = this.#blocks.shift()) {
      if (block === this.#open) this.#open = undefined;
      try {
        await this.#writer.write(block.bytes.subarray(0, block.filled));
      } catch {
        return; // the process does not read any more: as nothing is written, nothing more comes
      }
      this.#written(block.cost);
      block.filled = block.cost = 0;
      this.#free.push(block);
    }
    this.#writing = undefined;
  }
}
