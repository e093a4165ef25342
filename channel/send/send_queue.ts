/**
 * The items that one channel still has to send, under the window that the peer allows.
 *
 * @module
 */

import { FrameType, HEADER_BYTES, MAX_FRAME_BYTES, TOTAL_BYTES } from "../../protocol/constants.ts";
import { Queue } from "../../internal/queue.ts";
import type { Binding } from "../binding.ts";
import type { FrameSource } from "../frame_sink.ts";
import { Block } from "./block.ts";
import { ChannelCredit } from "./channel_credit.ts";
import { entriesOf, type HeldFrame } from "./held_frames.ts";
import {
  abortOn,
  advance,
  costOfRest,
  type Entry,
  hasBegun,
  newItem,
  type PendingItem,
} from "./pending_item.ts";

/** No part of an item is smaller than this, unless the item ends: the last of a window is not used. */
const MIN_PART_BYTES = 4 * 1024;

/** The sending half of a channel: a queue under the peer's window. */
export class SendQueue implements FrameSource {
  readonly #binding: Binding;
  readonly #entries = new Queue<Entry>();
  readonly #credit: ChannelCredit;
  #requested = false;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.#credit = new ChannelCredit(binding);
  }

  /** The number of bytes that the peer still allows. */
  get credit(): number {
    return this.#credit.own;
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
      this.#entries.size > 0 || bytes.length > MIN_PART_BYTES || this.#credit.left < cost ||
      !scheduler.idle
    ) return false;
    this.#credit.take(cost);
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
      const entry = newItem(chunks, { written, resolve, reject });
      abortOn(signal, entry, () => {
        if (!this.#entries.remove(entry)) return;
        if (hasBegun(entry)) this.#frame(FrameType.DROP);
        this.#credit.returnGrant();
        this.#request();
      });
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
    this.#credit.stop(this);
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
    this.#credit.add(bytes);
    this.#request();
  }

  /** Queues what was held while the channel had no connection, in front of what waits. */
  sendAgain(frames: readonly HeldFrame[]): void {
    const waiting = this.#entries.drain();
    const [first] = waiting;
    if (first?.kind === "item") Object.assign(first, { left: first.total, index: 0, at: 0 });
    this.#credit.restart();
    for (const entry of [...entriesOf(frames), ...waiting]) this.#push(entry);
  }

  /** Adds credit of the connection, which this channel alone may use. */
  grant(bytes: number): void {
    this.#credit.grant(bytes);
    if (this.#entries.size === 0) this.#credit.returnGrant();
    else this.#request();
  }

  /** The connection's window is open again. */
  resume(): void {
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
      if (this.#credit.left < cost) {
        if (this.#credit.own >= cost) this.#credit.waitForConnection(this, cost);
        return false;
      }
      this.#credit.take(cost);
      this.#frame(FrameType.ITEM, item);
      block.shift();
      this.#credit.returnGrant();
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
    const credit = this.#credit.left;
    const whole = isFirst && left === total && left <= MAX_FRAME_BYTES &&
      credit >= HEADER_BYTES + left;
    const prefixBytes = isFirst && !whole ? TOTAL_BYTES : 0;
    const most = Math.min(MAX_FRAME_BYTES, credit - HEADER_BYTES) - prefixBytes;
    const size = Math.min(left, most);
    if (size < Math.min(left, MIN_PART_BYTES)) {
      if (credit < this.#credit.own) this.#credit.waitForConnection(this, costOfRest(entry));
      return false;
    }
    const part = chunks[index].subarray(at, at + size);
    const isLast = size === left && index === chunks.length - 1;
    const written = isLast ? entry.written : undefined;
    this.#credit.take(HEADER_BYTES + prefixBytes + size);
    if (whole) this.#frame(FrameType.ITEM, part, undefined, written);
    else if (isFirst) this.#frame(FrameType.ITEM_START, part, total);
    else this.#frame(FrameType.ITEM_PART, part, undefined, written);
    advance(entry, size);
    if (isLast) {
      this.#credit.returnGrant();
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
