/**
 * The blocks of a file: their sums, and how they are found in another one.
 *
 * The weak sum is rsync's: it moves on by a byte with two additions. The strong one is half a SHA-256:
 * nobody can make two blocks that have the same.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { check } from "./check.ts";

/** Bytes of a strong sum. */
export const STRONG_BYTES = 16;

const MIN_BLOCK_BYTES = 1024;
const MAX_BLOCKS = 64 * 1024;
/** Those of a file of 4 TiB. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024;

/** The sums of the blocks of a file. The last block may be shorter: it has none. */
export interface BlockSums {
  /** Bytes of a block. */
  block: number;
  weak: Uint32Array<ArrayBuffer>;
  strong: Uint8Array<ArrayBuffer>;
}

/** Checks sums from the peer. */
export function checkSums(sums: unknown): asserts sums is BlockSums {
  const { block, weak, strong } = (sums ?? {}) as Partial<BlockSums>;
  check(
    Number.isSafeInteger(block) && block !== undefined && block >= MIN_BLOCK_BYTES &&
      block <= MAX_BLOCK_BYTES && weak instanceof Uint32Array && strong instanceof Uint8Array &&
      weak.length <= MAX_BLOCKS && strong.length === weak.length * STRONG_BYTES,
    "sums of no file",
  );
}

/** Returns the length of the blocks of a file: the root of its size, but no more than 64 Ki blocks. */
export function blockBytesOf(size: number): number {
  const root = Math.max(MIN_BLOCK_BYTES, Math.sqrt(size), size / MAX_BLOCKS);
  return Math.ceil(root / 1024) * 1024;
}

/** Returns the weak sum of some bytes. */
export function weakSum(bytes: Uint8Array, from: number, to: number): number {
  let a = 0;
  let b = 0;
  for (let i = from; i < to; i++) {
    a = (a + bytes[i]) | 0;
    b = (b + a) | 0;
  }
  return ((a & 0xffff) | (b << 16)) >>> 0;
}

/** Returns the weak sum of a block that begins a byte later. */
export function rolled(sum: number, out: number, into: number, length: number): number {
  const a = ((sum & 0xffff) - out + into) & 0xffff;
  const b = ((sum >>> 16) - Math.imul(length, out) + a) & 0xffff;
  return (a | (b << 16)) >>> 0;
}

/** Returns the strong sum of some bytes. */
export function strongSum(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest().subarray(0, STRONG_BYTES);
}

/** Finds blocks by their sums. */
export class BlockIndex {
  readonly #sums: BlockSums;
  readonly #first = new Map<number, number>();
  /** For each block the next one with the same weak sum; 0 is none, others are one more. */
  readonly #next: Uint32Array;

  constructor(sums: BlockSums) {
    this.#sums = sums;
    const { weak } = sums;
    this.#next = new Uint32Array(weak.length);
    for (let i = weak.length - 1; i >= 0; i--) {
      const first = this.#first.get(weak[i]);
      if (first !== undefined) this.#next[i] = first + 1;
      this.#first.set(weak[i], i);
    }
  }

  /** Returns whether any block has a weak sum. */
  mayHave(weak: number): boolean {
    return this.#first.has(weak);
  }

  /** Returns whether a block is the one of that number. */
  isBlock(index: number, strong: Uint8Array): boolean {
    if (index >= this.#sums.weak.length) return false;
    const at = index * STRONG_BYTES;
    for (let i = 0; i < STRONG_BYTES; i++) {
      if (this.#sums.strong[at + i] !== strong[i]) return false;
    }
    return true;
  }

  /** Returns the number of the block with these sums. */
  find(weak: number, strong: Uint8Array): number | undefined {
    let index = this.#first.get(weak);
    for (let tries = 0; index !== undefined && tries < MAX_ALIKE; tries++) {
      if (this.isBlock(index, strong)) return index;
      index = this.#next[index] === 0 ? undefined : this.#next[index] - 1;
    }
  }
}

/** Blocks of the same weak sum that are looked at: a crafted file may have nothing else. */
const MAX_ALIKE = 16;
