/**
 * The items that one channel still has to send, under the window that the peer allows.
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
import type { Binding } from "../binding.ts";
import type { FrameSource } from "../frame_sink.ts";
import { Block } from "./block.ts";
import { type Entry, hasBegun, type PendingItem, totalLength } from "./pending_item.ts";

/** No part of an item is smaller than this, unless the item ends: the last of a window is not used. */
const MIN_PART_BYTES = 4 * 1024;
const TOTAL_BYTES = 4;
const MAX_CREDIT_BYTES = 0xffff_ffff;

/** The sending half of a channel: a queue under the peer's window. */
export class SendQueue implements FrameSource {
  readonly #binding: Binding;
  readonly #entries = new Queue<Entry>();
  #credit = INITIAL_WINDOW_BYTES;
  #requested = false;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The number of bytes that the peer still allows. */
  get credit(): number {
    return this.#credit;
  }

  /** Resolves when all that is queued now has been written, or given up. */
  flushed(): Promise<void> {
    if (this.#entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#push({ kind: "mark", reached: resolve }));
  }

  /**
   * Sends an item at once if nothing stands in the way, and returns whether it did. Its bytes may be
   * overwritten then.
   */
  sendNow(bytes: Uint8Array, written?: () => void): boolean {
    const { scheduler } = this.#binding.context;
    const cost = HEADER_BYTES + bytes.length;
    if (
      this.#entries.size > 0 || bytes.length > MIN_PART_BYTES || this.#credit < cost ||
      !scheduler.idle
    ) return false;
    this.#credit -= cost;
    scheduler.frame(FrameType.ITEM, this.#binding.id, bytes, undefined, written);
    return true;
  }

  /**
   * Sends a copy of a small item in its turn. The promise resolves when it and all that follow it at
   * once have been handed over.
   */
  sendCopy(bytes: Uint8Array): Promise<void> {
    const last = this.#entries.peekLast();
    if (last?.kind === "block" && last.add(bytes)) return last.sent;
    const block = new Block(bytes);
    this.#push(block);
    return block.sent;
  }

  /**
   * Sends an item in its turn.
   *
   * @param chunks Its bytes; none of them is empty. They must not change until `written` is called.
   * @param written Never called if the item is given up.
   * @param signal Takes the item back when aborted: what has left of it is dropped by the peer.
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
          if (this.#entries.remove(entry)) {
            if (hasBegun(entry)) this.#frame(FrameType.DROP);
            this.#request();
          }
          reject(signal.reason);
        };
        const stopListening = () => signal.removeEventListener("abort", abort);
        entry.resolve = () => (stopListening(), resolve());
        entry.reject = (error) => (stopListening(), reject(error));
        signal.addEventListener("abort", abort);
      }
      this.#push(entry);
    });
  }

  /** Half-closes after what is queued: at once if nothing is, so that a close cannot overtake it. */
  end(): void {
    if (this.#entries.size === 0) this.#frame(FrameType.END);
    else this.#push({ kind: "end" });
  }

  /** Closes after what is queued. */
  closeAfterItems(error: Uint8Array): void {
    this.#push({ kind: "close", error });
  }

  /** Closes now; what is queued fails with `reason`. */
  closeNow(error: Uint8Array, reason: () => Error): void {
    this.abandon(reason);
    this.#frame(FrameType.CLOSE, error);
  }

  /** Sends a close that waits behind items now, without them: the peer has closed. */
  hurryClose(reason: () => Error): void {
    const close = this.abandon(reason);
    if (close !== undefined) this.#frame(FrameType.CLOSE, close.error);
  }

  /** Fails what is queued; returns the close that was among it. */
  abandon(reason: () => Error): Entry & { kind: "close" } | undefined {
    let close: Entry & { kind: "close" } | undefined;
    for (const entry of this.#entries.drain()) {
      if (entry.kind === "item" || entry.kind === "block") entry.reject(reason());
      else if (entry.kind === "close") close = entry;
      else if (entry.kind === "mark") entry.reached();
    }
    return close;
  }

  /**
   * Adds bytes that the peer allows.
   *
   * @throws {ProtocolError} when the sum is more than a window can be.
   */
  addCredit(bytes: number): void {
    if (this.#credit + bytes > MAX_CREDIT_BYTES) {
      throw new ProtocolError(`the peer gave channel ${this.#binding.id} a window of over 4 GiB`);
    }
    this.#credit += bytes;
    this.#request();
  }

  /** Writes the next frame: the scheduler calls this when it is the turn of this channel. */
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
      case "block":
        return this.#writeBlock(entry);
      case "end":
        this.#entries.shift();
        this.#frame(FrameType.END);
        return true;
      case "close":
        this.#entries.shift();
        this.#frame(FrameType.CLOSE, entry.error);
        return true;
      case "mark":
        this.#entries.shift();
        entry.reached();
        return true;
    }
  }

  /** Writes the items of a block that the window has room for. */
  #writeBlock(block: Block): boolean {
    for (let item = block.first; item !== undefined; item = block.first) {
      const cost = HEADER_BYTES + item.length;
      if (this.#credit < cost) return false;
      this.#credit -= cost;
      this.#frame(FrameType.ITEM, item);
      block.shift();
    }
    this.#entries.shift();
    block.resolve();
    return true;
  }

  /** Writes a part of an item. It ends where a chunk ends, so that nothing is copied to join them. */
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
    this.#credit -= HEADER_BYTES + prefixBytes + size;
    if (whole) this.#frame(FrameType.ITEM, part, undefined, written);
    else if (isFirst) this.#frame(FrameType.ITEM_START, part, total);
    else this.#frame(FrameType.ITEM_PART, part, undefined, written);
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

  #frame(type: FrameType, payload?: Uint8Array, prefix?: number, written?: () => void): void {
    const { context, id } = this.#binding;
    context.scheduler.frame(type, id, payload, prefix, written);
  }

  #request(): void {
    if (this.#requested || this.#entries.size === 0) return;
    this.#requested = true;
    this.#binding.context.scheduler.request(this);
  }
}
