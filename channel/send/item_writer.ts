/**
 * Makes bytes of the items that are sent on one channel.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { SerializationError } from "../../errors.ts";
import { binaryHead } from "../../protocol/binary_item.ts";
import type { ItemCodec } from "../../protocol/items.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import { giveBack } from "../../internal/memory.ts";
import { EncodedItem } from "../receive/item_reader.ts";
import { COPY_BYTES } from "./batch.ts";
import { type SendQueue, totalLength } from "./send_queue.ts";
import type { FrameSink } from "./scheduler.ts";

/** What an {@linkcode ItemWriter} needs of its connection. */
export interface WriterContext {
  readonly codec: ItemCodec;
  readonly scheduler: FrameSink;
  /** Largest item that the peer takes, in bytes. */
  readonly peerMaxItemBytes: number;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
}

/** The writing half of a channel's wire: encoding, sizes, and who waits for the window. */
export class ItemWriter {
  #context: WriterContext;
  readonly #sendQueue: SendQueue;
  readonly #channel: { readonly label: string };

  /** @param channel For messages. */
  constructor(context: WriterContext, sendQueue: SendQueue, channel: { readonly label: string }) {
    this.#context = context;
    this.#sendQueue = sendQueue;
    this.#channel = channel;
  }

  /** Its channel has got a connection. */
  bind(context: WriterContext): void {
    this.#context = context;
  }

  /** Resolves when the item has been handed over; `signal` takes back what waits. */
  send(item: unknown, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    try {
      const { codec, scheduler } = this.#context;
      const bytes = codec.encode(item);
      this.#checkSize(bytes.length);
      const isSent = this.#sendQueue.sendNow(bytes);
      if (isSent && !scheduler.blocked) return scheduler.handedOver;
      const waiting = this.#waitFor(
        isSent ? scheduler.handedOver : this.#queue(codec.own(bytes), signal),
      );
      waiting.catch(() => {}); // who does not await it learns of the end from the channel
      return waiting;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Sends what may be an {@linkcode EncodedItem}; a promise asks to wait for it before the next.
   *
   * @throws {SerializationError}
   */
  sendOn(received: unknown): Promise<void> | void {
    const { codec } = this.#context;
    const isEncoded = received instanceof EncodedItem;
    const bytes = isEncoded ? received.bytes : codec.encode(received);
    this.#checkSize(bytes.length);
    if (this.#sendQueue.sendNow(bytes)) return;
    const sent = this.#queue(isEncoded ? bytes : codec.own(bytes));
    return this.#waitFor(sent).catch(() => {});
  }

  /**
   * Sends bytes as one item, from where they lie; a promise asks to wait for it before the next.
   *
   * @param written They may be overwritten; never called where they are given up.
   * @throws {SerializationError}
   */
  sendBytes(chunks: readonly Uint8Array[], written: () => void): Promise<void> | void {
    const total = totalLength(chunks);
    const head = binaryHead(total);
    this.#checkSize(head.length + total);
    const parts = joinedStart([head, ...chunks.filter(({ length }) => length > 0)]);
    if (parts.length === 1 && this.#sendQueue.sendNow(parts[0], written)) return;
    return this.#waitFor(this.#sendQueue.send(parts, written)).catch(() => {});
  }

  /** Sends what was encoded and checked before. */
  sendEncoded(bytes: Uint8Array): void {
    if (!this.#sendQueue.sendNow(bytes)) {
      this.#queue(bytes).catch(() => {}); // the channel's own end tells why
    }
  }

  /** They belong to this from now on. */
  #queue(bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    return this.#sendQueue.send([bytes], () => giveBack(bytes), signal);
  }

  /** The event loop stays alive meanwhile. */
  async #waitFor(sent: Promise<void>): Promise<void> {
    using _hold = this.#context.hold();
    await sent;
  }

  #checkSize(length: number): void {
    const { peerMaxItemBytes } = this.#context;
    if (length <= peerMaxItemBytes) return;
    throw new SerializationError(
      `cannot send item: it takes ${length} bytes, and the peer of ${this.#channel.label} takes ` +
        `${peerMaxItemBytes} at most; send it in parts`,
    );
  }
}

/** The same bytes, the first of them together: what is sent on mostly begins with a small chunk. */
function joinedStart(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  let bytes = 0;
  let count = 0;
  while (count < chunks.length && bytes + chunks[count].length <= COPY_BYTES) {
    bytes += chunks[count++].length;
  }
  return [concat(chunks.slice(0, count)), ...chunks.slice(count)];
}
