/**
 * What waits in the queue of a channel that sends.
 *
 * @module
 */

import { HEADER_BYTES, MAX_FRAME_BYTES, TOTAL_BYTES } from "../../protocol/constants.ts";
import type { Block } from "./block.ts";

/** An item that waits, or has begun to leave. */
export interface PendingItem {
  kind: "item";
  /** Its bytes, from where they lie. */
  chunks: readonly Uint8Array[];
  total: number;
  /** How many bytes have not left. */
  left: number;
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

/** Returns an item of which nothing has left. */
export function newItem(
  chunks: readonly Uint8Array[],
  { written, resolve, reject }: Pick<PendingItem, "written" | "resolve" | "reject">,
): PendingItem {
  const total = totalLength(chunks);
  return { kind: "item", chunks, total, left: total, index: 0, at: 0, written, resolve, reject };
}

/** Rejects an item when `signal` aborts before it has left; `takeBack` is called first. */
export function abortOn(
  signal: AbortSignal | undefined,
  item: PendingItem,
  takeBack: () => void,
): void {
  if (signal === undefined) return;
  const { resolve, reject } = item;
  const abort = () => {
    takeBack();
    reject(signal.reason);
  };
  const stopListening = () => signal.removeEventListener("abort", abort);
  item.resolve = () => (stopListening(), resolve());
  item.reject = (error) => (stopListening(), reject(error));
  signal.addEventListener("abort", abort);
}

/** Whether a part of an item has left. */
export function hasBegun({ left, total }: PendingItem): boolean {
  return left < total;
}

/** Counts bytes of an item that leave; all of one chunk. */
export function advance(item: PendingItem, bytes: number): void {
  item.at += bytes;
  item.left -= bytes;
  if (item.at < item.chunks[item.index].length) return;
  item.index++;
  item.at = 0;
}

/** Returns what is left of an item, with the heads of its frames. */
export function costOfRest({ chunks, index, left }: PendingItem): number {
  const frames = chunks.length - index + Math.ceil(left / (MAX_FRAME_BYTES - TOTAL_BYTES));
  return left + HEADER_BYTES * frames + TOTAL_BYTES;
}

/** Returns the length of all chunks together. */
export function totalLength(chunks: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of chunks) total += length;
  return total;
}
