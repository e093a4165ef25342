/**
 * What one channel still has to send, and how much of it the peer allows.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import {
  FrameType,
  HEADER_BYTES,
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
} from "../../protocol/constants.ts";
import { Queue } from "../../internal/queue.ts";
import type { FrameSink, FrameSource } from "./scheduler.ts";

interface PendingItem {
  kind: "item";
  /** Its bytes, where they lie. */
  chunks: readonly Uint8Array[];
  total: number;
  /** The next byte to be written: of which chunk, and where in it. */
  index: number;
  at: number;
  written: () => void;
  resolve: () => void;
  reject: (error: unknown) => void;
}

type Entry =
  | PendingItem
  | { kind: "end" }
  | { kind: "close"; error: Uint8Array }
  | { kind: "mark"; reached: () => void };

/** An item is cut into parts no smaller than this, rather than use up the last of a window. */
const MIN_PART_BYTES = 4 * 1024;
const TOTAL_BYTES = 4;
const MAX_CREDIT_BYTES = 0xffff_ffff;

/** The sending half of a channel: a queue under the peer's window. */
export class SendQueue implements FrameSource {
  #id: number;
  #scheduler: FrameSink;
  readonly #entries = new Queue<Entry>();
  #credit = INITIAL_WINDOW_BYTES;
  #requested = false;

  constructor(id: number, scheduler: FrameSink) {
    this.#id = id;
    this.#scheduler = scheduler;
  }

  /** From now on, frames go to `scheduler` under `id`. */
  bind(id: number, scheduler: FrameSink): void {
    this.#id = id;
    this.#scheduler = scheduler;
  }

  /** Resolves when all that is queued now has been written, or given up. */
  flushed(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#push({ kind: "mark", reached: resolve }));
  }

  /** Sends `bytes` at once if nothing stands in the way. They may be overwritten afterwards then. */
  sendNow(bytes: Uint8Array, written?: () => void): boolean {
    const cost = HEADER_BYTES + bytes.length;
    if (
      this.#entries.size > 0 || bytes.length > MIN_PART_BYTES || this.#credit < cost ||
      !this.#scheduler.idle
    ) return false;
    this.#credit -= cost;
    this.#scheduler.frame(FrameType.ITEM, this.#id, bytes, undefined, written);
    return true;
  }

  /**
   * Sends an item in its turn. Its chunks, of which none is empty, belong to this until `written` is
   * called; where it is given up, that never is. `signal` takes back what has not begun to leave.
   */
  send(chunks: readonly Uint8Array[], written: () => void, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const total = totalLength(chunks);
      const entry: PendingItem = {
        kind: "item",
        chunks,
        total,
        index: 0,
        at: 0,
        written,
        resolve,
        reject,
      };
      if (signal !== undefined) {
        const abort = () => {
          if (!hasBegun(entry) && this.#entries.remove(entry)) this.#request();
          reject(signal.reason);
        };
        const settled = () => signal.removeEventListener("abort", abort);
        entry.resolve = () => (settled(), resolve());
        entry.reject = (error) => (settled(), reject(error));
        signal.addEventListener("abort", abort);
      }
      this.#push(entry);
    });
  }

  /** Half-closes after what is queued. */
  end(): void {
    this.#push({ kind: "end" });
  }

  /** Closes after what is queued. */
  closeAfterItems(error: Uint8Array): void {
    this.#push({ kind: "close", error });
  }

  /** Closes now; what is queued fails with `reason`. */
  closeNow(error: Uint8Array, reason: () => Error): void {
    this.abandon(reason);
    this.#scheduler.frame(FrameType.CLOSE, this.#id, error);
  }

  /** The peer has closed: a close that still waits behind items is sent now, without them. */
  hurryClose(reason: () => Error): void {
    const close = this.abandon(reason);
    if (close !== undefined) this.#scheduler.frame(FrameType.CLOSE, this.#id, close.error);
  }

  /** Fails what is queued; gives the close that was among it. */
  abandon(reason: () => Error): Entry & { kind: "close" } | undefined {
    let close: Entry & { kind: "close" } | undefined;
    for (const entry of this.#entries.drain()) {
      if (entry.kind === "item") entry.reject(reason());
      else if (entry.kind === "close") close = entry;
      else if (entry.kind === "mark") entry.reached();
    }
    return close;
  }

  /**
   * The peer allows `bytes` more.
   *
   * @throws {ProtocolError} when the sum is more than a window can be.
   */
  addCredit(bytes: number): void {
    if (this.#credit + bytes > MAX_CREDIT_BYTES) {
      throw new ProtocolError(`the peer gave channel ${this.#id} a window of over 4 GiB`);
    }
    this.#credit += bytes;
    this.#request();
  }

  /** Called by the scheduler, when it is this channel's turn. */
  writeFrame(): boolean {
    const entry = this.#entries.peek();
    if (entry === undefined || !this.#write(entry)) {
      this.#requested = false;
      return false;
    }
    return true;
  }

  #write(entry: Entry): boolean {
    switch (entry.kind) {
      case "item":
        return this.#writeItem(entry);
      case "end":
        this.#entries.shift();
        this.#scheduler.frame(FrameType.END, this.#id);
        return true;
      case "close":
        this.#entries.shift();
        this.#scheduler.frame(FrameType.CLOSE, this.#id, entry.error);
        return true;
      case "mark":
        this.#entries.shift();
        entry.reached();
        return true;
    }
  }

  /** Frames are cut where chunks end: so nothing is copied to join them. */
  #writeItem(entry: PendingItem): boolean {
    const { chunks, total, index, at } = entry;
    const left = chunks[index].length - at;
    const isFirst = !hasBegun(entry);
    const whole = isFirst && left === total && left <= MAX_FRAME_BYTES &&
      this.#credit >= HEADER_BYTES + left;
    const prefixBytes = isFirst && !whole ? TOTAL_BYTES : 0;
    const most = Math.min(MAX_FRAME_BYTES, this.#credit - HEADER_BYTES) - prefixBytes;
    const size = Math.min(left, most);
    if (size < Math.min(left, MIN_PART_BYTES)) return false;
    const part = chunks[index].subarray(at, at + size);
    const isLast = size === left && index === chunks.length - 1;
    const written = isLast ? entry.written : undefined;
    if (whole) this.#scheduler.frame(FrameType.ITEM, this.#id, part, undefined, written);
    else if (isFirst) this.#scheduler.frame(FrameType.ITEM_START, this.#id, part, total);
    else this.#scheduler.frame(FrameType.ITEM_PART, this.#id, part, undefined, written);
    this.#credit -= HEADER_BYTES + prefixBytes + size;
    entry.at += size;
    if (size === left) {
      entry.index++;
      entry.at = 0;
    }
    if (isLast) {
      this.#entries.shift();
      entry.resolve();
    }
    return true;
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    this.#request();
  }

  #request(): void {
    if (this.#requested || this.#entries.size === 0) return;
    this.#requested = true;
    this.#scheduler.request(this);
  }
}

function hasBegun({ index, at }: PendingItem): boolean {
  return index > 0 || at > 0;
}

/** The length of all of them. */
export function totalLength(chunks: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of chunks) total += length;
  return total;
}
