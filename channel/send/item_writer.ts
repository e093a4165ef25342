/**
 * Makes bytes of the items that are sent on one channel.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { binaryHead } from "../../protocol/binary_item.ts";
import { checkSize } from "../../protocol/item_size.ts";
import { giveBack } from "../../internal/memory.ts";
import { atUser } from "../../errors/user_stack.ts";
import type { Binding } from "../binding.ts";
import { EncodedItem } from "../encoded_item.ts";
import { COPY_BYTES } from "./batch.ts";
import { totalLength } from "./pending_item.ts";
import type { SendQueue } from "./send_queue.ts";
import { TURN } from "./turn.ts";

/** Sending this many bytes takes as long as sending a small item. */
const BYTES_OF_A_SEND = 4 * 1024;

/** The writing half of a channel's wire: encoding, sizes, and waiting for the window. */
export class ItemWriter {
  readonly #binding: Binding;
  readonly #sendQueue: SendQueue;
  /** What the latest sends wait for, and the promise that they return. */
  #sent: Promise<void> | undefined;
  #waiting = Promise.resolve();

  constructor(binding: Binding, sendQueue: SendQueue) {
    this.#binding = binding;
    this.#sendQueue = sendQueue;
  }

  /** Resolves when the sender may go on; `signal` takes the item back while it waits. */
  send(item: unknown, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    try {
      const { codec, scheduler, peerMaxItemBytes } = this.#binding.context;
      const bytes = codec.encode(item, "item", peerMaxItemBytes);
      if (this.#sendQueue.sendNow(bytes)) {
        return scheduler.blocked ? this.#waitTogether(scheduler.handedOver) : scheduler.accepted();
      }
      if (bytes.length <= COPY_BYTES && signal === undefined) {
        return this.#waitTogether(this.#sendQueue.sendCopy(bytes));
      }
      return this.#wait(this.#queue(codec.own(bytes), signal), bytes.length);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends an item, which may be an {@linkcode EncodedItem}. A promise asks to wait for it before the
   * next; it never rejects.
   *
   * @throws {SerializationError}
   */
  sendOn(received: unknown): Promise<void> | void {
    const { codec, peerMaxItemBytes } = this.#binding.context;
    const isEncoded = received instanceof EncodedItem;
    const bytes = isEncoded ? received.bytes : codec.encode(received, "item", peerMaxItemBytes);
    checkSize(bytes.length, peerMaxItemBytes);
    if (this.#sendQueue.sendNow(bytes)) return;
    const sent = this.#queue(isEncoded ? bytes : codec.own(bytes));
    return this.#waitFor(sent, bytes.length).catch(() => {});
  }

  /**
   * Sends bytes as one item, from where they lie. A promise asks to wait for it before the next; it
   * never rejects.
   *
   * @param written Called when the bytes may be overwritten; never if they are given up.
   * @throws {SerializationError}
   */
  sendBytes(chunks: readonly Uint8Array[], written: () => void): Promise<void> | void {
    const total = totalLength(chunks);
    const head = binaryHead(total);
    checkSize(head.length + total, this.#binding.context.peerMaxItemBytes);
    const parts = joinedStart([head, ...chunks.filter(({ length }) => length > 0)]);
    if (parts.length === 1 && this.#sendQueue.sendNow(parts[0], written)) return;
    return this.#waitFor(this.#sendQueue.send(parts, written), total).catch(() => {});
  }

  /** Sends an item that was encoded and checked before. Its bytes must not change any more. */
  sendEncoded(bytes: Uint8Array): void {
    if (!this.#sendQueue.sendNow(bytes)) {
      this.#queue(bytes).catch(() => {}); // the channel's own end says why
    }
  }

  /** Queues an item, and frees its memory as soon as it was written. */
  #queue(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#sendQueue.send([bytes], () => giveBack(bytes), signal);
  }

  /** Waits for what several sends may wait for: the promise is the same for all of them. */
  #waitTogether(sent: Promise<void>): Promise<void> {
    if (sent !== this.#sent) {
      this.#sent = sent;
      this.#waiting = this.#wait(sent);
    }
    return this.#waiting;
  }

  #wait(sent: Promise<void>, bytes = 0): Promise<void> {
    // A caller that does not await it learns of the end from the channel.
    const waiting: Promise<void> = this.#waitFor(sent, bytes, () => void waiting.catch(() => {}));
    return waiting;
  }

  /**
   * Waits until `bytes` were sent, and keeps the event loop alive meanwhile.
   *
   * @param failed Called before it rejects, once the stack was read: V8 does not find out who waits
   * for a promise that two wait for.
   */
  async #waitFor(sent: Promise<void>, bytes: number, failed?: () => void): Promise<void> {
    using _hold = this.#binding.hold();
    try {
      await sent;
      await TURN.count(1 + bytes / BYTES_OF_A_SEND);
    } catch (error) {
      const ofUser = atUser(error);
      failed?.();
      throw ofUser;
    }
  }
}

/** Joins the first chunks while they are small: relayed bytes mostly begin with a small chunk. */
function joinedStart(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0;
  let count = 0;
  while (count < chunks.length && bytes + chunks[count].length <= COPY_BYTES) {
    bytes += chunks[count++].length;
  }
  return [concat(chunks.slice(0, count)), ...chunks.slice(count)];
}
