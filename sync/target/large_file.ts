/**
 * A file that is written piece by piece.
 *
 * @module
 */

import type { Entry } from "../wire/entry.ts";
import { splitPath } from "../wire/path.ts";
import type { Awaited } from "./books.ts";
import type { Tree } from "./tree.ts";

/** A large file, under a temporary name. What fails is told at its end: the bytes arrive anyway. */
export class LargeFile {
  readonly awaited: Awaited;
  readonly entry: Entry;
  readonly #tree: Tree;
  #temporary: string | undefined;
  #file: Deno.FsFile | undefined;
  #left: number;
  #failure: { error: unknown } | undefined;

  constructor(tree: Tree, awaited: Awaited, entry: Entry) {
    this.#tree = tree;
    this.awaited = awaited;
    this.entry = entry;
    this.#left = entry.size;
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
    this.#left -= bytes.length;
    await this.#try(async () => {
      if (this.#left < 0) throw new RangeError("more bytes have come than the file has");
      for (let at = 0; at < bytes.length;) at += await this.#file?.write(bytes.subarray(at)) ?? 0;
    });
  }

  async #try(action: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await action();
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Returns its temporary name, with its mode set. */
  async end(fsync: boolean): Promise<string> {
    if (this.#failure !== undefined) throw this.#failure.error;
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
  }
}
