/**
 * A file that is written piece by piece.
 *
 * @module
 */

import { equals } from "@std/bytes/equals";
import { createHash, type Hash } from "node:crypto";
import { type Entry, Kind } from "../wire/entry.ts";
import { splitPath } from "../wire/path.ts";
import type { Awaited } from "./books.ts";
import { readFully } from "./sums.ts";
import type { Tree } from "./tree.ts";

const COPY_BYTES = 256 * 1024;

/** What arrived is not what was sent: the old version has changed since its sums were made. */
export class WrongContent extends Error {
  override name = "WrongContent";
}

/** A large file, under a temporary name. What fails is told at its end: the bytes arrive anyway. */
export class LargeFile {
  readonly awaited: Awaited;
  readonly entry: Entry;
  readonly #tree: Tree;
  #temporary: string | undefined;
  #file: Deno.FsFile | undefined;
  /** The file that it is to replace, if blocks of it are needed. */
  #old: Deno.FsFile | undefined;
  #hash: Hash | undefined;
  #left: number;
  #failure: { error: unknown } | undefined;

  constructor(tree: Tree, awaited: Awaited, entry: Entry) {
    this.#tree = tree;
    this.awaited = awaited;
    this.entry = entry;
    this.#left = entry.size;
    if (awaited.block !== undefined) this.#hash = createHash("sha256");
  }

  async open(): Promise<void> {
    await this.#try(async () => {
      const [directory] = splitPath(this.awaited.path);
      this.#tree.enter(directory);
      const temporary = this.#tree.temporaryIn(directory);
      const { mode } = this.entry;
      this.#file = await Deno.open(temporary, { write: true, createNew: true, mode });
      this.#temporary = temporary;
    });
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#try(() => this.#append(bytes));
  }

  async #try(action: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await action();
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Copies bytes of the file that it is to replace. */
  async copy(from: number, length: number): Promise<void> {
    await this.#try(async () => {
      this.#old ??= await this.#openOld();
      await this.#old.seek(from, Deno.SeekMode.Start);
      const buffer = new Uint8Array(Math.min(length, COPY_BYTES));
      for (let left = length; left > 0;) {
        const piece = buffer.subarray(0, Math.min(left, buffer.length));
        await readFully(this.#old, piece);
        await this.#append(piece);
        left -= piece.length;
      }
    });
  }

  /** By its name, which may have become a link since it was looked at. */
  async #openOld(): Promise<Deno.FsFile> {
    const { path } = this.awaited;
    if (this.#tree.look(path)?.kind !== Kind.file) throw new WrongContent("it is no file any more");
    return await Deno.open(this.#tree.at(path));
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#left -= bytes.length;
    if (this.#left < 0) throw new RangeError("more bytes have come than the file has");
    this.#hash?.update(bytes);
    for (let at = 0; at < bytes.length;) at += await this.#file?.write(bytes.subarray(at)) ?? 0;
  }

  /**
   * Returns its temporary name, with its mode set.
   *
   * @param hash What its SHA-256 has to be, if it has blocks of the old version.
   * @throws {WrongContent} if that is another.
   */
  async end(fsync: boolean, hash: Uint8Array | undefined): Promise<string> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#hash !== undefined && !(hash && equals(this.#hash.digest(), hash))) {
      throw new WrongContent("what was put together of the old version is not what was sent");
    }
    if (this.#left !== 0) throw new RangeError(`${this.#left} bytes of the file are missing`);
    if (fsync) await this.#file?.sync();
    this.#close();
    const temporary = this.#temporary ?? "";
    await Deno.chmod(temporary, this.entry.mode); // the umask has taken from it
    return temporary;
  }

  /** Removes it, if it has not been put in its place. */
  discard(): void {
    this.#close();
    if (this.#temporary !== undefined) this.#tree.discard(this.#temporary);
  }

  #close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#old?.close();
    this.#old = undefined;
  }
}
