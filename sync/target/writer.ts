/**
 * Writes files: to a temporary name, and then by a rename. So a file is whole, or not there.
 *
 * @module
 */

import { Condition } from "../wire/condition.ts";
import type { Entry } from "../wire/entry.ts";
import type { Settings } from "../wire/settings.ts";
import { splitPath } from "../wire/path.ts";
import type { Awaited, Books } from "./books.ts";
import { LargeFile, WrongContent } from "./large_file.ts";
import type { Tree } from "./tree.ts";

/** A file that is written, and to be put in its place. */
interface Staged {
  temporary: string;
  awaited: Awaited;
  entry: Entry;
}

/** Small files that are written at the same time. */
const TOGETHER = 16;

/** Writes the files of a run. */
export class Writer {
  readonly #tree: Tree;
  readonly #books: Books;
  readonly #settings: Pick<Settings, "isAtomic" | "fsync">;
  /** Directories whose new entries are to be on the disk. */
  readonly #touched = new Set<string>();
  readonly #condition = new Condition();
  /** Files that are put in their places later: when something is removed, or all is there. */
  readonly #waiting: Staged[] = [];
  #running = 0;
  #large: LargeFile | undefined;

  constructor(tree: Tree, books: Books, settings: Pick<Settings, "isAtomic" | "fsync">) {
    this.#tree = tree;
    this.#books = books;
    this.#settings = settings;
  }

  /** Begins to write a small file; waits while many are being written. */
  async small(awaited: Awaited, entry: Entry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#condition.until(() => this.#running < TOGETHER);
    this.#running++;
    this.#small(awaited, entry, bytes)
      // Another run may have taken the temporary for left over.
      .catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        return this.#small(awaited, entry, bytes);
      })
      .catch((error) => this.#books.failed(awaited.path, awaited.entry, "write", error))
      .finally(() => {
        this.#running--;
        this.#condition.changed();
      });
  }

  async #small(awaited: Awaited, entry: Entry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const [directory] = splitPath(awaited.path);
    this.#tree.enter(directory);
    const temporary = this.#tree.temporaryIn(directory);
    try {
      await Deno.writeFile(temporary, bytes, { createNew: true, mode: entry.mode });
      if (this.#settings.fsync) await syncFile(temporary);
    } catch (error) {
      this.#tree.discard(temporary);
      throw error;
    }
    this.#stage({ temporary, awaited, entry });
  }

  /** Gives a file its time, and puts it in its place unless that has to wait. */
  #stage(staged: Staged): void {
    try {
      Deno.utimeSync(staged.temporary, new Date(), new Date(staged.entry.mtime));
    } catch (error) {
      this.#tree.discard(staged.temporary);
      throw error;
    }
    if (staged.awaited.isBlocked || this.#settings.isAtomic) this.#waiting.push(staged);
    else this.#place(staged);
  }

  #place({ temporary, awaited, entry }: Staged): void {
    try {
      this.#tree.place(temporary, awaited.path);
    } catch (error) {
      this.#tree.discard(temporary);
      throw error;
    }
    if (this.#settings.fsync) this.#touched.add(splitPath(awaited.path)[0]);
    this.#books.written(awaited, entry);
  }

  /** Begins a large file. Its bytes follow by `write`, and its end by `close`. */
  async open(awaited: Awaited, entry: Entry): Promise<void> {
    await this.idle();
    this.#large = new LargeFile(this.#tree, awaited, entry);
    await this.#large.open();
  }

  /** Writes to the large file. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#large?.write(bytes);
  }

  /** Copies bytes of the old version to it. */
  async copy(from: number, length: number): Promise<void> {
    await this.#large?.copy(from, length);
  }

  /** Forgets the large file. */
  drop(): void {
    this.#large?.discard();
    this.#large = undefined;
  }

  /**
   * Ends the large file and puts it in its place. `"again"` says that it has to be sent again: it is
   * not what was meant, or another run has taken it for left over.
   */
  async close(hash: Uint8Array | undefined): Promise<"done" | "again"> {
    const large = this.#large;
    this.#large = undefined;
    if (large === undefined) return "done";
    const { awaited, entry } = large;
    try {
      const temporary = await large.end(this.#settings.fsync, hash);
      this.#stage({ temporary, awaited, entry });
    } catch (error) {
      large.discard();
      const isLost = error instanceof WrongContent || error instanceof Deno.errors.NotFound;
      if (isLost && awaited.isAgain === undefined) return "again";
      this.#books.failed(awaited.path, awaited.entry, "write", error);
    }
    return "done";
  }

  /** Resolves when all small files are written. */
  async idle(): Promise<void> {
    await this.#condition.until(() => this.#running === 0);
  }

  /** Puts what waited in its place, but for what something is in the way of. */
  place(isCleared = false): void {
    for (const staged of this.#waiting.splice(0)) {
      if (staged.awaited.isBlocked && !isCleared) {
        this.#waiting.push(staged);
        continue;
      }
      try {
        this.#place(staged);
      } catch (error) {
        this.#books.failed(staged.awaited.path, staged.awaited.entry, "write", error);
      }
    }
  }

  /** Puts the rest in its place. */
  async finish(): Promise<void> {
    this.place(true);
    for (const directory of this.#touched) {
      try {
        await syncFile(this.#tree.at(directory));
      } catch (error) {
        this.#books.error(directory, "fsync", error);
      }
    }
    this.#touched.clear();
  }

  /** Removes what is not in its place. */
  async abandon(): Promise<void> {
    await this.idle();
    this.drop();
    for (const { temporary } of this.#waiting.splice(0)) this.#tree.discard(temporary);
  }
}

/** Waits until a file, or the entries of a directory, are on the disk. */
async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}
