/**
 * What waits in the queue of a channel that sends.
 *
 * @module
 */

import type { Block } from "./block.ts";

/** An item that waits, or has begun to leave. */
export interface PendingItem {
  kind: "item";
  /** Its bytes, from where they lie. */
  chunks: readonly Uint8Array[];
  total: number;
  /** The chunk of the next byte to be written, and its place in it. */
  index: number;
  at: number;
  written: () => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** What is sent in its turn. */
export type Entry =
  | PendingItem
  | Block
  | { kind: "end" }
  | { kind: "close"; error: Uint8Array }
  | { kind: "mark"; reached: () => void };

/** Whether a part of an item has left. */
export function hasBegun({ index, at }: PendingItem): boolean {
  return index > 0 || at > 0;
}

/** Returns the length of all chunks together. */
export function totalLength(chunks: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of chunks) total += length;
  return total;
}
