/**
 * What items take in memory when they are decoded: that may be a thousand times their encoded size.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/**
 * What values take in V8's heap beside what they hold, in bytes: measured, and rounded up. The bytes of
 * buffers lie outside of the heap, and are as many as were received.
 */
export const Cost = {
  ARRAY: 48,
  BUFFER: 256,
  ELEMENT: 8,
  /** An element of a Set, or half an entry of a Map. */
  ENTRY: 24,
  /** A channel that has closed before a reference to it was received. */
  LOST_CHANNEL: 4096,
  NUMBER: 16,
  OBJECT: 64,
  PROPERTY: 16,
  /** A name that is new: with its hidden class. */
  NEW_KEY: 128,
  /** An element of an array that has mostly holes. */
  SPARSE_ELEMENT: 64,
  TEXT: 16,
} as const;

/** The elements of an object have room for its largest index, and for half as many again. */
const INDEX_BYTES = 12;
/** A larger gap between indices makes a dictionary of the elements. */
const LARGEST_GAP = 1100;

/** Counts the memory that one item takes. */
export class CostMeter {
  /** What was counted so far. */
  cost = 0;
  readonly #max: number;

  /** @param max The largest cost, in bytes. */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Counts what a value takes.
   *
   * @throws {ProtocolError} when the item takes too much.
   */
  charge(bytes: number): void {
    this.cost += bytes;
    if (this.cost > this.#max) throw tooCostly(this.#max);
  }

  /**
   * Counts a property of an object with elements below `end`, if its name is an index; returns the new
   * end.
   */
  chargeIndex(name: string, end: number): number {
    const index = Number(name);
    if (!(index >= end)) return end;
    this.charge(INDEX_BYTES * Math.min(index - end, LARGEST_GAP));
    return index;
  }
}

function tooCostly(max: number): ProtocolError {
  return new ProtocolError(
    `the peer sent an item that takes more than ${max} bytes of memory when it is decoded; have it ` +
      `sent in parts, or raise memory= of the gateway`,
  );
}
