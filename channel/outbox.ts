/**
 * What one channel still has to send, and how much of it the peer allows.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  FrameType,
  HEADER_BYTES,
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
} from "../protocol/constants.ts";
import { Queue } from "./queue.ts";
import type { FrameSink, FrameSource, FrameWriter } from "./scheduler.ts";

interface PendingItem {
  kind: "item";
  bytes: Uint8Array;
  /** Bytes already written. */
  at: number;
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
export class Outbox implements FrameSource {
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
  sendNow(bytes: Uint8Array): boolean {
    const cost = HEADER_BYTES + bytes.length;
    if (
      this.#entries.size > 0 || bytes.length > MIN_PART_BYTES || this.#credit < cost ||
      !this.#scheduler.idle
    ) return false;
    this.#credit -= cost;
    this.#scheduler.frame(FrameType.ITEM, this.#id, bytes);
    return true;
  }

  /**
   * Sends `bytes` in their turn; they belong to this from now on. `signal` takes back what has not
   * begun to leave.
   */
  send(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: PendingItem = { kind: "item", bytes, at: 0, resolve, reject };
      if (signal !== undefined) {
        const abort = () => {
          if (entry.at === 0 && this.#entries.remove(entry)) this.#request();
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
  writeFrame(writer: FrameWriter): boolean {
    const entry = this.#entries.peek();
    if (entry === undefined || !this.#write(entry, writer)) {
      this.#requested = false;
      return false;
    }
    return true;
  }

  #write(entry: Entry, writer: FrameWriter): boolean {
    switch (entry.kind) {
      case "item":
        return this.#writeItem(entry, writer);
      case "end":
        this.#entries.shift();
        writer.frame(FrameType.END, this.#id);
        return true;
      case "close":
        this.#entries.shift();
        writer.frame(FrameType.CLOSE, this.#id, entry.error);
        return true;
      case "mark":
        this.#entries.shift();
        entry.reached();
        return true;
    }
  }

  #writeItem(entry: PendingItem, writer: FrameWriter): boolean {
    const { bytes, at } = entry;
    const left = bytes.length - at;
    const whole = at === 0 && left <= MAX_FRAME_BYTES && this.#credit >= HEADER_BYTES + left;
    const prefixBytes = at === 0 && !whole ? TOTAL_BYTES : 0;
    const most = Math.min(MAX_FRAME_BYTES, this.#credit - HEADER_BYTES) - prefixBytes;
    const size = Math.min(left, most);
    if (size < Math.min(left, MIN_PART_BYTES)) return false;
    const part = bytes.subarray(at, at + size);
    const spent = size === left ? bytes : undefined;
    if (whole) writer.frame(FrameType.ITEM, this.#id, part, undefined, spent);
    else if (at > 0) writer.frame(FrameType.ITEM_PART, this.#id, part, undefined, spent);
    else writer.frame(FrameType.ITEM_START, this.#id, part, bytes.length);
    this.#credit -= HEADER_BYTES + prefixBytes + size;
    entry.at += size;
    if (entry.at === bytes.length) {
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
