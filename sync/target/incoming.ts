/**
 * Takes the content that the source sends.
 *
 * @module
 */

import { unpack } from "../wire/compression.ts";
import type { Entry } from "../wire/entry.ts";
import { check } from "../wire/check.ts";
import {
  checkEntry,
  checkIds,
  type CloseMessage,
  type CopyMessage,
  entriesOf,
  type FilesMessage,
  type NoneMessage,
  type OpenMessage,
  type PackedMessage,
} from "../wire/messages.ts";
import type { Awaited, Books } from "./books.ts";
import type { Writer } from "./writer.ts";

/** The most that a message brings when it is no longer compressed. */
const MAX_PIECE_BYTES = 4 * 1024 * 1024;

/** The files that are to come, and what has become of them. */
export class Incoming {
  readonly #books: Books;
  readonly #writer: Writer;
  readonly #isSame: (path: string, entry: Entry) => void;
  readonly #awaited = new Map<number, Awaited>();
  readonly #deltas = new Set<number>();
  #open: number | undefined;

  /** @param isSame Called for a file of which the target has the content. */
  constructor(books: Books, writer: Writer, isSame: (path: string, entry: Entry) => void) {
    this.#books = books;
    this.#writer = writer;
    this.#isSame = isSame;
  }

  /** Expects a file. */
  expect(id: number, awaited: Awaited): void {
    this.#awaited.set(id, awaited);
    if (awaited.block !== undefined) this.#deltas.add(id);
  }

  /** How many files are to come as differences. */
  get deltas(): number {
    return this.#deltas.size;
  }

  /** Whether nothing is to come. */
  get isComplete(): boolean {
    return this.#awaited.size === 0;
  }

  #awaitedBy(id: unknown): Awaited {
    const awaited = this.#awaited.get(id as number);
    check(awaited !== undefined, "a file that was not asked for");
    return awaited;
  }

  #take(id: number): Awaited {
    const awaited = this.#awaitedBy(id);
    this.#awaited.delete(id);
    this.#deltas.delete(id);
    return awaited;
  }

  async files({ ids, numbers, bytes: sent, isPacked }: FilesMessage): Promise<void> {
    checkIds(ids);
    const entries = entriesOf(numbers, ids.length);
    const total = entries.reduce((sum, { size }) => sum + size, 0);
    const bytes = isPacked ? unpack({ bytes: sent, size: total }, MAX_PIECE_BYTES) : sent;
    check(bytes instanceof Uint8Array && bytes.length === total, "less or more bytes than files");
    this.#books.tally.sent += total;
    let at = 0;
    for (const [i, id] of ids.entries()) {
      const content = bytes.subarray(at, at += entries[i].size);
      await this.#writer.small(this.#take(id), entries[i], content);
    }
  }

  none({ ids, why }: NoneMessage): void {
    checkIds(ids);
    for (const id of ids) {
      const awaited = this.#take(id);
      if (why === "failed") this.#books.done(awaited.entry);
      else if (why === "differs") this.#books.written(awaited, awaited.entry);
      else this.#isSame(awaited.path, awaited.entry);
    }
  }

  async open({ id, entry }: OpenMessage): Promise<void> {
    check(this.#open === undefined, "a file within another");
    checkEntry(entry);
    this.#open = id;
    await this.#writer.open(this.#awaitedBy(id), entry);
  }

  async bytes(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    check(this.#open !== undefined, "bytes of no file");
    this.#books.tally.sent += bytes.length;
    await this.#writer.write(bytes);
  }

  async packed(message: PackedMessage): Promise<void> {
    await this.bytes(unpack(message, MAX_PIECE_BYTES));
  }

  async copy({ index, count }: CopyMessage): Promise<void> {
    const awaited = this.#awaitedBy(this.#open);
    check(awaited.block !== undefined, "blocks of a file that was wanted whole");
    check(
      Number.isSafeInteger(index) && index >= 0 && Number.isSafeInteger(count) && count > 0,
      "blocks that are none",
    );
    await this.#writer.copy(index * awaited.block, count * awaited.block);
  }

  /**
   * Ends a file; returns what to tell about it. If it is not whole, or has to be sent again, it is
   * still to come.
   */
  async close(
    { isWhole, hash }: CloseMessage,
  ): Promise<{ id: number; isAgain: boolean } | undefined> {
    check(this.#open !== undefined, "the end of no file");
    check(hash === undefined || hash instanceof Uint8Array, "a hash that is none");
    const id = this.#open;
    this.#open = undefined;
    if (isWhole !== true) {
      this.#writer.drop();
      return undefined;
    }
    const awaited = this.#take(id);
    const isAgain = await this.#writer.close(hash) === "again";
    if (isAgain) this.expect(id, { ...awaited, block: undefined, isAgain: true });
    return { id, isAgain };
  }
}
