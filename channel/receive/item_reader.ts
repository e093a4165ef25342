/**
 * Makes items of the pieces that arrive on one channel.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { INITIAL_WINDOW_BYTES } from "../../protocol/constants.ts";
import type { Frame } from "../../protocol/frames.ts";
import type { ItemCodec } from "../../protocol/items.ts";
import { Assembler, binaryHeadBytes } from "./assembler.ts";

/** An item as it came, to be sent on. */
export class EncodedItem {
  /** Its document. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What an {@linkcode ItemReader} needs of its connection. */
export interface ReaderContext {
  readonly codec: ItemCodec;
  readonly maxItemBytes: number;
}

/** Takes what is read. */
export interface ItemSink {
  /** An item; `cost` is what its last piece takes of the window. */
  put(item: unknown, cost: number): void;
  /** Some bytes, which are a view of what has come: they are valid during the call. */
  putView(bytes: Uint8Array, cost: number): void;
  /** A piece that does not finish its item. */
  putPiece(cost: number): void;
  /** The item is wrong, the connection is sound. */
  reset(error: Error): void;
}

/** The reading half of a channel's wire: window, parts, decoding. */
export class ItemReader {
  /** Leaves items encoded, where they mean the same on another connection. */
  keepsEncoded = false;
  /** Gives the bytes of an item that is nothing else as they come, not as they were put together. */
  givesPieces = false;
  #channel: number;
  #context: ReaderContext;
  readonly #sink: ItemSink;
  #assembler: Assembler | undefined;
  /** What is to come of an item whose pieces are given as they come. */
  #left = 0;
  /** What the peer may still send. */
  #allowance = INITIAL_WINDOW_BYTES;

  constructor(channel: number, context: ReaderContext, sink: ItemSink) {
    this.#channel = channel;
    this.#context = context;
    this.#sink = sink;
  }

  /** Its channel has got a connection. */
  bind(channel: number, context: ReaderContext): void {
    this.#channel = channel;
    this.#context = context;
  }

  /** The peer may send `bytes` more. */
  allow(bytes: number): void {
    this.#allowance += bytes;
  }

  /** Forgets an unfinished item. */
  drop(): void {
    this.#assembler = undefined;
    this.#left = 0;
  }

  /** @throws {ProtocolError} when an item is unfinished. */
  end(): void {
    if (this.#isUnfinished) throw this.#mixedUp();
  }

  /**
   * Takes a piece.
   *
   * @throws {ProtocolError} when it passes the window, or is not the piece that must come.
   */
  take(frame: Frame & { type: "item" | "part" }): void {
    this.#allowance -= frame.cost;
    if (this.#allowance < 0) {
      throw new ProtocolError(
        `the peer sent more on channel ${this.#channel} than its window allows`,
      );
    }
    if (frame.type === "item") this.#begin(frame);
    else this.#continue(frame);
  }

  #begin({ total, bytes, cost }: Frame & { type: "item" }): void {
    if (this.#isUnfinished || bytes.length > total) throw this.#mixedUp();
    const { maxItemBytes } = this.#context;
    if (total > maxItemBytes) {
      const most = `at most ${maxItemBytes} are taken`;
      return this.#sink.reset(
        new ProtocolError(`the peer sent an item of ${total} bytes; ${most}`),
      );
    }
    const head = this.givesPieces ? binaryHeadBytes(bytes, total) : 0;
    if (head > 0) {
      this.#left = total - bytes.length;
      return this.#give(bytes.subarray(head), cost);
    }
    if (bytes.length === total) return this.#decode(bytes, cost);
    this.#assembler = new Assembler(total, bytes);
    this.#sink.putPiece(cost);
  }

  #continue({ bytes, cost }: Frame & { type: "part" }): void {
    if (this.#left > 0) {
      if (bytes.length > this.#left) throw this.#mixedUp();
      this.#left -= bytes.length;
      return this.#give(bytes, cost);
    }
    if (this.#assembler === undefined) throw this.#mixedUp();
    if (!this.#assembler.push(bytes)) return this.#sink.putPiece(cost);
    const { bytes: whole, isItem } = this.#assembler.take();
    this.#assembler = undefined;
    if (isItem) this.#sink.put(whole, cost);
    else this.#decode(whole, cost);
  }

  get #isUnfinished(): boolean {
    return this.#assembler !== undefined || this.#left > 0;
  }

  #give(bytes: Uint8Array, cost: number): void {
    if (bytes.length > 0) this.#sink.putView(bytes, cost);
    else this.#sink.putPiece(cost);
  }

  #decode(bytes: Uint8Array, cost: number): void {
    const { codec } = this.#context;
    let item: unknown;
    try {
      item = this.keepsEncoded && !codec.mayHaveChannels(bytes)
        ? new EncodedItem(bytes.slice())
        : codec.decode(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return this.#sink.reset(error);
    }
    this.#sink.put(item, cost);
  }

  #mixedUp(): ProtocolError {
    return new ProtocolError(
      `the peer mixed up the parts of an item on channel ${this.#channel}`,
    );
  }
}
