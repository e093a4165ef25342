/**
 * Items that wait to be received: as the bytes that came, close together, until somebody takes them.
 *
 * @module
 */

import { Queue } from "../../internal/queue.ts";
import { readUint32, writeUint32 } from "../../protocol/frames.ts";

/** An item that was taken. */
export interface Received {
  item: unknown;
  /** The bytes of the channel's window that it uses until it is consumed. */
  cost: number;
  /** The bytes of the connection's window that it uses. */
  held: number;
  /** The memory that it took as it was kept decoded. */
  decoded: number;
}

/** Makes an item of the bytes between two places. */
export type Decode = (bytes: Uint8Array, start: number, end: number) => unknown;

/** A larger item has memory of its own. */
const COPIED_BYTES = 4 * 1024;
/** Slabs double: many channels have few items each. */
const FIRST_SLAB_BYTES = 512;
const MAX_SLAB_BYTES = 64 * 1024;

/**
 * In front of an item: its length (u16; 0: it lies apart), its place in the order (u48), and what it
 * uses of both windows (2 u32).
 */
const RECORD_BYTES = 16;

let nextSequence = 0;

/** Returns the next place in the order in which items, and ends, are received over all channels. */
export function takeSequence(): number {
  return nextSequence++;
}

interface Slab {
  readonly bytes: Uint8Array<ArrayBuffer>;
  end: number;
}

/** An item with memory of its own: decoded, or its bytes. */
interface Apart {
  item: unknown;
  held: number;
  decoded: number;
  isEncoded: boolean;
}

/**
 * A queue of encoded items, which takes about as much memory as the bytes that were received: an object
 * for each would take many times as much as a small item.
 */
export class WaitingItems {
  #size = 0;
  #slabs = new Queue<Slab>();
  #last: Slab | undefined;
  #at = 0;
  readonly #apart = new Queue<Apart>();

  /** The number of items. */
  get size(): number {
    return this.#size;
  }

  /** The place of the first item; see {@linkcode takeSequence}. */
  get sequence(): number | undefined {
    if (this.#size === 0) return undefined;
    const { bytes } = this.#first();
    return (readUint32(bytes, this.#at) & 0xffff) * 2 ** 32 + readUint32(bytes, this.#at + 4);
  }

  /**
   * Adds an encoded item.
   *
   * @param isOwn Whether nobody else uses the bytes; otherwise they are copied.
   */
  pushEncoded(bytes: Uint8Array, cost: number, held: number, isOwn: boolean): void {
    if (bytes.length > COPIED_BYTES) {
      this.#record(0, cost, 0);
      const item = isOwn ? bytes : bytes.slice();
      return this.#apart.push({ item, held, decoded: 0, isEncoded: true });
    }
    const slab = this.#record(bytes.length, cost, held);
    copy(bytes, slab.bytes, slab.end);
    slab.end += bytes.length;
  }

  /** Adds an item. */
  push({ item, cost, held, decoded }: Received): void {
    this.#record(0, cost, 0);
    this.#apart.push({ item, held, decoded, isEncoded: false });
  }

  /** Removes the first item, and returns what `decode` makes of it. What that throws, this throws. */
  shift(decode: Decode): Received | undefined {
    if (this.#size === 0) return undefined;
    const { bytes } = this.#first();
    const length = bytes[this.#at] << 8 | bytes[this.#at + 1];
    const cost = readUint32(bytes, this.#at + 8);
    const ownHeld = readUint32(bytes, this.#at + 12);
    const start = this.#at + RECORD_BYTES;
    this.#at = start + length;
    const apart = length === 0 ? this.#apart.shift() : undefined;
    if (--this.#size === 0) this.#restart();
    if (apart === undefined) {
      return { item: decode(bytes, start, start + length), cost, held: ownHeld, decoded: 0 };
    }
    const { item, held, decoded, isEncoded } = apart;
    const value = isEncoded ? decode(item as Uint8Array, 0, (item as Uint8Array).length) : item;
    return { item: value, cost, held, decoded };
  }

  /** Drops all items. */
  clear(): void {
    this.#size = 0;
    this.#slabs.drain();
    this.#last = undefined;
    this.#at = 0;
    this.#apart.drain();
  }

  /** Returns the slab that the first item is in. */
  #first(): Slab {
    const first = this.#slabs.peek() as Slab;
    if (this.#at < first.end) return first;
    this.#slabs.shift();
    this.#at = 0;
    return this.#slabs.peek() as Slab;
  }

  /** All was taken. The bytes of the last item may still be in use, until the next one is added. */
  #restart(): void {
    const last = this.#last as Slab;
    if (last.bytes.length > FIRST_SLAB_BYTES) return this.clear();
    this.#slabs.drain();
    this.#slabs.push(last);
    last.end = this.#at = 0;
  }

  #record(length: number, cost: number, held: number): Slab {
    const needed = RECORD_BYTES + length;
    let slab = this.#last;
    if (slab === undefined || slab.end + needed > slab.bytes.length) {
      const size = slab === undefined ? FIRST_SLAB_BYTES : 2 * slab.bytes.length;
      slab = { bytes: new Uint8Array(Math.max(needed, Math.min(size, MAX_SLAB_BYTES))), end: 0 };
      this.#slabs.push(this.#last = slab);
    }
    const { bytes, end } = slab;
    const sequence = takeSequence();
    writeUint32(bytes, end, length * 2 ** 16 + Math.floor(sequence / 2 ** 32));
    writeUint32(bytes, end + 4, sequence);
    writeUint32(bytes, end + 8, cost);
    writeUint32(bytes, end + 12, held);
    slab.end += RECORD_BYTES;
    this.#size++;
    return slab;
  }
}

/** Copies bytes. For a few of them a loop is quicker than `set`. */
function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > 32) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}
