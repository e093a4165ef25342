/**
 * Puts the pieces of one item together.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { INITIAL_WINDOW_BYTES } from "../../protocol/constants.ts";
import { readUint32 } from "../../protocol/frames.ts";

/** An item mostly begins with a larger piece. Buffers above some 100 KiB take no memory until used. */
const SMALL_BYTES = 4 * 1024;

/**
 * Copies the pieces of an item into one buffer, once. At first the buffer has the declared length, but
 * at most a window, which the peer may send anyway, and less after a small piece; then it grows with
 * what is received.
 */
export class Assembler {
  readonly #total: number;
  #buffer: Uint8Array<ArrayBuffer>;
  #filled = 0;
  /** The length of the MessagePack head, which is left out, if the item is plain bytes; else 0. */
  #head: number;

  /** @param first The first piece, shorter than `total`. */
  constructor(total: number, first: Uint8Array) {
    this.#total = total;
    this.#head = binaryHeadBytes(first, total);
    const size = total - this.#head;
    const most = first.length < SMALL_BYTES ? SMALL_BYTES : INITIAL_WINDOW_BYTES;
    this.#buffer = new Uint8Array(Math.min(size, most));
    this.#append(first.subarray(this.#head));
  }

  /**
   * Adds the next piece; returns whether the item is complete.
   *
   * @throws {ProtocolError} when the piece goes past the item's end.
   */
  push(piece: Uint8Array): boolean {
    const size = this.#total - this.#head;
    if (this.#filled + piece.length > size) {
      throw new ProtocolError(`the peer sent more bytes than the item's length of ${this.#total}`);
    }
    this.#append(piece);
    return this.#filled === size;
  }

  /** Returns the item if it is plain bytes, or else its document. */
  result(): { bytes: Uint8Array<ArrayBuffer>; isItem: boolean } {
    return { bytes: this.#buffer, isItem: this.#head > 0 };
  }

  #append(piece: Uint8Array): void {
    const needed = this.#filled + piece.length;
    if (needed > this.#buffer.length) {
      const size = Math.min(this.#total - this.#head, Math.max(needed, this.#buffer.length * 2));
      const grown = new Uint8Array(size);
      grown.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = grown;
    }
    this.#buffer.set(piece, this.#filled);
    this.#filled = needed;
  }
}

/**
 * Returns the length of the head of a document that is nothing but bytes, or else 0. Such an item is
 * put together without its head, so that its bytes need no second copy.
 */
export function binaryHeadBytes(first: Uint8Array, total: number): number {
  switch (first[0]) {
    case 0xc4:
      return first.length >= 2 && first[1] + 2 === total ? 2 : 0;
    case 0xc5:
      return first.length >= 3 && ((first[1] << 8) | first[2]) + 3 === total ? 3 : 0;
    case 0xc6:
      return first.length >= 5 && readUint32(first, 1) + 5 === total ? 5 : 0;
    default:
      return 0;
  }
}
