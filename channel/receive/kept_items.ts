/**
 * What was received on one channel and not taken: its items, and what they use of both windows.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { FinalizationRegistry } from "../../internal/weak.ts";
import { namesChannel } from "../../protocol/item_types.ts";
import type { Binding } from "../binding.ts";
import type { ConnectionWindow, WindowUser } from "../connection_window.ts";
import { EncodedItem } from "../encoded_item.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import { type Received, WaitingItems } from "./waiting_items.ts";

/** What a channel uses of what all channels share. It refers to no channel, so that it outlives it. */
interface Held {
  /** Of the connection's window. */
  bytes: number;
  /** Of the memory for items that are kept decoded. */
  decoded: number;
}

/** Frees what channels hold that have ended, and that nobody refers to any more. */
const forgotten = new FinalizationRegistry<{ held: Held; window: ConnectionWindow }>(
  ({ held, window }) => free(held, window, held.bytes, held.decoded),
);

/** The items of a channel that wait, and the pieces of one that is unfinished. */
export class KeptItems implements WindowUser {
  wanted = 0;
  readonly #binding: Binding;
  readonly #window: ReceiveWindow;
  #items: WaitingItems | undefined; // not before an item has to wait: most executions have none
  readonly #reader: Pick<WindowUser, "isAwaited">;
  readonly #held: Held = { bytes: 0, decoded: 0 };
  /** The bytes of the channel's window that an unfinished item uses. */
  #unfinished = 0;
  /** The same of the connection's window, which gets them back when the item was taken. */
  #assembled = 0;
  #isClosed = false;

  /** @param reader Knows whether somebody waits for the next item. */
  constructor(
    binding: Binding,
    window: ReceiveWindow,
    reader: Pick<WindowUser, "isAwaited">,
  ) {
    this.#binding = binding;
    this.#window = window;
    this.#reader = reader;
  }

  get id(): number {
    return this.#binding.id;
  }

  get isAwaited(): boolean {
    return this.#reader.isAwaited;
  }

  /** The number of items. */
  get size(): number {
    return this.#items?.size ?? 0;
  }

  /** The place of the first item in the order over all channels; undefined if there is none. */
  get sequence(): number | undefined {
    return this.#items?.sequence;
  }

  /** Whether nothing waits, nor a piece, nor what a consumer of bytes has not reported yet. */
  get isEmpty(): boolean {
    return this.#held.bytes === 0;
  }

  /**
   * Counts what was received, before it is added or dropped.
   *
   * @throws {ProtocolError} when the channel's window does not allow it.
   */
  receive(cost: number): void {
    this.#window.receive(cost);
    this.#held.bytes += cost;
  }

  /** Gives back what was received and is dropped. The channel gets no credit for it. */
  drop(cost: number): void {
    this.#free(cost);
  }

  /**
   * Adds an item.
   *
   * @param decoded The memory that it takes as it is kept decoded, if that was counted.
   */
  push(item: unknown, cost: number, decoded = 0): void {
    (this.#items ??= new WaitingItems()).push(this.received(item, cost, decoded));
  }

  /**
   * Adds an encoded item. It is decoded when somebody takes it, unless it names channels: these have to
   * be found while they are there.
   *
   * @param isOwn Whether nobody else uses the bytes; otherwise they are copied.
   * @throws {ProtocolError} when it names channels and cannot be decoded, or has no room.
   */
  pushEncoded(bytes: Uint8Array, cost: number, isOwn: boolean): void {
    if (namesChannel(bytes)) {
      const { codec, window } = this.#binding.context;
      const item = this.decode(bytes);
      const { decodedCost } = codec;
      if (codec.hasChannels) {
        if (!window.keepDecoded(decodedCost)) throw noRoom();
        this.#held.decoded += decodedCost;
        return this.push(item, cost, decodedCost);
      }
    }
    const held = cost + this.#takeAssembled();
    const items = this.#items ??= new WaitingItems();
    items.pushEncoded(bytes, cost + this.#takeUnfinished(), held, isOwn);
  }

  /** Returns an item that has just been received, as {@linkcode shift} returns those that waited. */
  received(item: unknown, cost: number, decoded = 0): Received {
    const held = cost + this.#takeAssembled();
    return { item, cost: cost + this.#takeUnfinished(), held, decoded };
  }

  /** Counts an item that is taken as it arrives. */
  pass(cost: number): void {
    this.#free(cost + this.#takeAssembled());
    this.#window.consume(cost + this.#takeUnfinished());
  }

  /**
   * Removes and returns the first item: encoded, if it may be.
   *
   * @throws {ProtocolError} when it cannot be decoded.
   */
  shift(mayBeEncoded: boolean): Received | undefined {
    return this.#items?.shift(mayBeEncoded ? encodedItem : this.decode);
  }

  /**
   * Decodes an item of this channel.
   *
   * @throws {ProtocolError} when it is none.
   */
  readonly decode = (bytes: Uint8Array, start = 0, end: number = bytes.length): unknown =>
    this.#binding.context.codec.decode(bytes, this.#binding, start, end);

  /** Counts an item that was taken. */
  taken({ cost, held, decoded }: Received): void {
    this.#free(held, decoded);
    this.#window.consume(cost);
    this.#creditPieces();
  }

  /** Counts an item that was taken by a consumer of bytes, except for what this reports later. */
  handOver({ cost, held, decoded }: Received): void {
    this.#free(held - cost, decoded);
  }

  /** Counts bytes that a consumer of bytes has taken: all were freed already if the channel has ended. */
  consumed(cost: number): void {
    this.#free(Math.min(cost, this.#held.bytes));
    this.#window.consume(cost);
    this.#creditPieces();
    this.awaited();
  }

  /** The peer waits to send `bytes`, while the window of the connection is used up. */
  blocked(bytes: number): void {
    if (this.#isClosed) return;
    this.wanted = bytes;
    this.awaited();
  }

  /** Somebody waits for the next item, maybe. */
  awaited(): void {
    if (this.wanted > 0) this.#binding.context.window.awaited(this);
  }

  /** No more is received. */
  close(): void {
    this.#isClosed = true;
    this.#binding.context.window.forget(this);
  }

  /**
   * Counts a piece of an unfinished item. The channel's window gets credit for it while no finished
   * item waits before it: so an item may be larger than that window.
   */
  putPiece(cost: number): void {
    this.#unfinished += cost;
    this.#assembled += cost;
    this.#creditPieces();
  }

  /** Counts the pieces of an item that will not be finished. */
  dropPieces(): void {
    this.pass(0);
  }

  /** Frees what the items take when nobody refers to `owner` any more, who alone can take them. */
  freeWith(owner: object): void {
    if (this.isEmpty) return;
    forgotten.register(owner, { held: this.#held, window: this.#binding.context.window });
  }

  /** Drops all. The channel gets no credit for it. */
  clear(): void {
    this.#items?.clear();
    this.#unfinished = this.#assembled = 0;
    this.#free(this.#held.bytes, this.#held.decoded);
  }

  #takeUnfinished(): number {
    const bytes = this.#unfinished;
    this.#unfinished = 0;
    return bytes;
  }

  #takeAssembled(): number {
    const bytes = this.#assembled;
    this.#assembled = 0;
    return bytes;
  }

  #free(bytes: number, decoded = 0): void {
    free(this.#held, this.#binding.context.window, bytes, decoded);
  }

  #creditPieces(): void {
    if (this.#unfinished === 0 || this.size > 0) return;
    this.#window.consume(this.#takeUnfinished());
  }
}

function free(held: Held, window: ConnectionWindow, bytes: number, decoded: number): void {
  held.bytes -= bytes;
  held.decoded -= decoded;
  window.free(bytes);
  if (decoded > 0) window.freeDecoded(decoded);
}

function noRoom(): ProtocolError {
  return new ProtocolError(
    "the peer sent more unread items with channels than memory= of the gateway has room for",
  );
}

/** An item in memory of its own is not copied. */
function encodedItem(bytes: Uint8Array, start: number, end: number): EncodedItem {
  return new EncodedItem(start === 0 ? bytes : bytes.slice(start, end));
}
