/**
 * Frames of a channel that had no connection yet.
 *
 * @module
 */

import { FrameType } from "../../protocol/constants.ts";
import { type Entry, newItem, totalLength } from "./pending_item.ts";

/** The sender of an item does not wait for it any more. */
const UNAWAITED = { written: () => {}, resolve: () => {}, reject: () => {} };

/** A frame that is held until there is a connection. */
export interface HeldFrame {
  type: FrameType;
  payload: Uint8Array;
  prefix: number | undefined;
  /** Its whole size. */
  cost: number;
}

/** Whether a frame counts against windows. */
export function isItemType(type: FrameType): boolean {
  return type === FrameType.ITEM || type === FrameType.ITEM_START || type === FrameType.ITEM_PART;
}

/**
 * Returns what held frames were made of, to be sent again under the connection's window: their senders
 * were told that they left. An item at the end that is not whole is left out.
 */
export function entriesOf(frames: readonly HeldFrame[]): Entry[] {
  const entries: Entry[] = [];
  let total = 0;
  let chunks: Uint8Array[] = [];
  for (const { type, payload, prefix = payload.length } of frames) {
    if (type === FrameType.END) entries.push({ kind: "end" });
    if (type === FrameType.CLOSE) entries.push({ kind: "close", error: payload });
    if (type === FrameType.ITEM || type === FrameType.ITEM_START) [total, chunks] = [prefix, []];
    if (!isItemType(type)) continue;
    chunks.push(payload);
    if (totalLength(chunks) === total) entries.push(newItem(chunks, UNAWAITED));
  }
  return entries;
}
