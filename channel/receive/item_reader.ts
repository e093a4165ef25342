/**
 * Makes items of the pieces that are received on one channel.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import type { Frame } from "../../protocol/frames.ts";
import type { Binding } from "../binding.ts";
import { Assembler, binaryHeadBytes } from "./assembler.ts";
import type { ConsumerKind } from "./callback.ts";
import type { KeptItems } from "./kept_items.ts";
import type { ReceiveQueue } from "./receive_queue.ts";

/** Takes what is read. */
export interface ItemSink extends Pick<ReceiveQueue, "put" | "putEncoded" | "putView"> {
  readonly items: Pick<KeptItems, "receive" | "drop" | "putPiece" | "dropPieces">;
}

/** The reading half of a channel's wire: window, parts, decoding. */
export class ItemReader {
  /** What takes the items: it decides whether they are put together. */
  consumer: ConsumerKind = "callback";
  readonly #binding: Binding;
  readonly #sink: ItemSink;
  readonly #reset: (error: Error) => void;
  #assembler: Assembler | undefined;
  /** The bytes that are missing of an item whose pieces are given as they arrive. */
  #missing = 0;

  /** @param reset Called with what is wrong with an item, where the connection is sound. */
  constructor(
    binding: Binding,
    sink: ItemSink,
    reset: (error: Error) => void,
  ) {
    this.#binding = binding;
    this.#sink = sink;
    this.#reset = reset;
  }

  /**
   * Reads a piece.
   *
   * @throws {ProtocolError} when it passes the window, or is not the piece that has to come.
   */
  read(frame: Frame & { type: "item" | "part" }): void {
    this.#sink.items.receive(frame.cost);
    if (frame.type === "item") this.#begin(frame);
    else this.#continue(frame);
  }

  /** @throws {ProtocolError} when an item is unfinished. */
  end(): void {
    if (this.#isUnfinished) throw this.#mixedUp();
  }

  /**
   * Drops the item that the peer has given up.
   *
   * @throws {ProtocolError} when none is unfinished.
   */
  giveUp(): void {
    if (!this.#isUnfinished) throw this.#mixedUp();
    this.drop();
    this.#sink.items.dropPieces();
  }

  /** Drops an unfinished item. */
  drop(): void {
    this.#assembler = undefined;
    this.#missing = 0;
  }

  #begin({ total, bytes, cost }: Frame & { type: "item" }): void {
    if (this.#isUnfinished || bytes.length > total) throw this.#mixedUp();
    const { maxItemBytes } = this.#binding.context;
    if (total > maxItemBytes) {
      this.#sink.items.drop(cost);
      return this.#reset(
        new ProtocolError(
          `the peer sent an item of ${total} bytes; at most ${maxItemBytes} are accepted`,
        ),
      );
    }
    const head = this.consumer === "bytes" ? binaryHeadBytes(bytes, total) : 0;
    if (head > 0) {
      this.#missing = total - bytes.length;
      return this.#putView(bytes.subarray(head), cost);
    }
    if (bytes.length === total) return this.#putEncoded(bytes, cost, false);
    this.#assembler = new Assembler(total, bytes);
    this.#putPiece(cost);
  }

  #continue({ bytes, cost }: Frame & { type: "part" }): void {
    if (this.#missing > 0) {
      if (bytes.length > this.#missing) throw this.#mixedUp();
      this.#missing -= bytes.length;
      return this.#putView(bytes, cost);
    }
    if (this.#assembler === undefined) throw this.#mixedUp();
    if (!this.#assembler.push(bytes)) return this.#putPiece(cost);
    const { bytes: whole, isItem } = this.#assembler.result();
    this.#assembler = undefined;
    if (isItem) this.#put(whole, cost);
    else this.#putEncoded(whole, cost, true);
  }

  get #isUnfinished(): boolean {
    return this.#assembler !== undefined || this.#missing > 0;
  }

  #putEncoded(bytes: Uint8Array, cost: number, isOwn: boolean): void {
    this.#binding.context.itemsDecoded(cost);
    this.#sink.putEncoded(bytes, cost, isOwn);
  }

  #put(item: unknown, cost: number): void {
    this.#binding.context.itemsDecoded(cost);
    this.#sink.put(item, cost);
  }

  #putPiece(cost: number): void {
    this.#binding.context.itemsDecoded(cost);
    this.#sink.items.putPiece(cost);
  }

  #putView(bytes: Uint8Array, cost: number): void {
    if (bytes.length > 0) return this.#sink.putView(bytes, cost);
    this.#sink.items.putPiece(cost);
    if (this.#missing === 0) this.#sink.items.dropPieces(); // an item without bytes
  }

  #mixedUp(): ProtocolError {
    return new ProtocolError(
      `the peer mixed up the parts of an item on channel ${this.#binding.id}`,
    );
  }
}
