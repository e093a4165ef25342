/**
 * Tells a file as blocks of the target's old version, and what is between them.
 *
 * @module
 */

import { BlockIndex, type BlockSums, rolled, strongSum, weakSum } from "../wire/blocks.ts";

/** A part of a file. */
export type Part =
  /** Blocks of the old version. */
  | { kind: "copy"; index: number; count: number }
  /** Bytes that it does not have. */
  | { kind: "bytes"; bytes: Uint8Array<ArrayBuffer> };

/** The most bytes in one part. */
const PART_BYTES = 256 * 1024;

/**
 * Finds blocks in a stream of bytes. Memory is bounded by a block and a chunk.
 *
 * A file may be made so that each of its positions has the weak sum of a block and is none. Each
 * such miss costs the hash of a block: after some of them nothing more is looked for.
 */
export class Matcher {
  readonly #block: number;
  readonly #index: BlockIndex;
  #buffer: Uint8Array<ArrayBuffer>;
  /** Where the bytes begin that are neither matched nor told, and where they end. */
  #start = 0;
  #end = 0;
  /** Where a block may begin. */
  #at = 0;
  #weak: number | undefined;
  #copy: { kind: "copy"; index: number; count: number } | undefined;
  /** The block that would come next if nothing had changed. */
  #expected = 0;
  #missesLeft: number;

  constructor(sums: BlockSums) {
    this.#block = sums.block;
    this.#index = new BlockIndex(sums);
    this.#buffer = new Uint8Array(2 * sums.block + 4 * PART_BYTES);
    this.#missesLeft = 1000 + sums.weak.length;
  }

  /** Takes the next bytes; yields what is known by them. */
  *push(chunk: Uint8Array): Generator<Part> {
    this.#append(chunk);
    while (this.#end - this.#at >= this.#block && this.#missesLeft > 0) {
      const index = this.#matchHere();
      if (index !== undefined) {
        yield* this.#literals(this.#at);
        yield* this.#copied(index);
        continue;
      }
      const out = this.#buffer[this.#at];
      const into = this.#at + this.#block;
      if (into >= this.#end) break;
      this.#weak = rolled(this.#weak ?? 0, out, this.#buffer[into], this.#block);
      this.#at++;
      if (this.#at - this.#start >= PART_BYTES) yield* this.#literals(this.#at);
    }
    if (this.#missesLeft <= 0) {
      this.#at = this.#end;
      yield* this.#literals(this.#end);
    }
  }

  /** Yields the rest. */
  *end(): Generator<Part> {
    yield* this.#literals(this.#end);
    yield* this.#flushCopy();
  }

  #matchHere(): number | undefined {
    if (this.#weak === undefined) {
      const strong = this.#strongHere();
      // Mostly nothing has changed, and then no weak sum is needed.
      if (this.#index.isBlock(this.#expected, strong)) return this.#expected;
      this.#missesLeft--;
      this.#weak = weakSum(this.#buffer, this.#at, this.#at + this.#block);
    }
    if (!this.#index.mayHave(this.#weak)) return undefined;
    const found = this.#index.find(this.#weak, this.#strongHere());
    if (found === undefined) this.#missesLeft--;
    return found;
  }

  #strongHere(): Uint8Array {
    return strongSum(this.#buffer.subarray(this.#at, this.#at + this.#block));
  }

  *#copied(index: number): Generator<Part> {
    this.#at += this.#block;
    this.#start = this.#at;
    this.#weak = undefined;
    this.#expected = index + 1;
    const copy = this.#copy;
    if (copy !== undefined && copy.index + copy.count === index) copy.count++;
    else {
      yield* this.#flushCopy();
      this.#copy = { kind: "copy", index, count: 1 };
    }
  }

  *#flushCopy(): Generator<Part> {
    if (this.#copy !== undefined) yield this.#copy;
    this.#copy = undefined;
  }

  *#literals(to: number): Generator<Part> {
    if (to > this.#start) yield* this.#flushCopy();
    while (this.#start < to) {
      const end = Math.min(to, this.#start + PART_BYTES);
      yield { kind: "bytes", bytes: this.#buffer.slice(this.#start, end) };
      this.#start = end;
    }
  }

  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#start, this.#end);
      const needed = kept.length + chunk.length;
      if (needed > this.#buffer.length) {
        const larger = new Uint8Array(needed);
        larger.set(kept);
        this.#buffer = larger;
      } else this.#buffer.set(kept);
      this.#at -= this.#start;
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }
}
