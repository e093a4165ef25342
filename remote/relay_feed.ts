/**
 * Writes received bytes to a process, in few large pieces instead of many small ones.
 *
 * @module
 */

import { Queue } from "../internal/queue.ts";

/** Half of a pipe: the process reads one half while the other is written. */
const BLOCK_BYTES = 32 * 1024;

interface Block {
  bytes: Uint8Array<ArrayBuffer>;
  filled: number;
  /** The bytes of the window that it uses. */
  cost: number;
}

/**
 * The stdin of a process. While a write is under way, more bytes gather in blocks. Blocks are reused;
 * there are as many as the window has room for.
 */
export class RelayFeed {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #written: (cost: number) => void;
  readonly #blocks = new Queue<Block>();
  readonly #free: Block[] = [];
  /** The block that is being filled: the last of those that wait. */
  #open: Block | undefined;
  #writing: Promise<void> | undefined;

  /** @param written Called with the cost of the bytes that were written. */
  constructor(stdin: WritableStream<Uint8Array>, written: (cost: number) => void) {
    this.#writer = stdin.getWriter();
    this.#written = written;
  }

  /** Copies `bytes`, and writes them later. */
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

  /** Closes the stdin after all that was pushed. */
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
    await undefined; // so that all frames of one read are written together
    for (let block = this.#blocks.shift(); block; block = this.#blocks.shift()) {
      if (block === this.#open) this.#open = undefined;
      try {
        await this.#writer.write(block.bytes.subarray(0, block.filled));
      } catch {
        return; // the process does not read any more: without credit, no more bytes arrive
      }
      this.#written(block.cost);
      block.filled = block.cost = 0;
      this.#free.push(block);
    }
    this.#writing = undefined;
  }
}
