/**
 * Small items that wait to be sent one behind the other.
 *
 * @module
 */

/** The bytes of one block, and the items in it: what one channel sends in a turn. */
const BLOCK_BYTES = 4 * 1024;
const BLOCK_ITEMS = 256;

/** Items that share memory, a turn and a promise: a loop that does not wait makes many of them. */
export class Block {
  readonly kind = "block";
  /** Resolves when all of them have been handed over. */
  readonly sent: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  #bytes: Uint8Array;
  readonly #ends: number[];
  /** The item that is next. */
  #index = 0;

  /** @param item The first of them; it is copied. */
  constructor(item: Uint8Array) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.sent = promise;
    this.resolve = resolve;
    this.reject = reject;
    this.#bytes = item.slice();
    this.#ends = [item.length];
  }

  /** Adds a copy of an item, or returns false if there is no room. */
  add(item: Uint8Array): boolean {
    const ends = this.#ends;
    const start = ends[ends.length - 1];
    const end = start + item.length;
    if (end > BLOCK_BYTES || ends.length === BLOCK_ITEMS) return false;
    if (end > this.#bytes.length) {
      const bytes = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(end, 2 * this.#bytes.length)));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#bytes.set(item, start);
    ends.push(end);
    return true;
  }

  /** The item that is next, or undefined if none is left. */
  get first(): Uint8Array | undefined {
    const index = this.#index;
    if (index === this.#ends.length) return undefined;
    return this.#bytes.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  /** Removes the item that is next. */
  shift(): void {
    this.#index++;
  }
}
