/**
 * The tree at the target, and what keeps the sync within it: before anything is written or removed,
 * each directory above it is looked at, and a link is none.
 *
 * @module
 */

import { type Entry, entryOf, Kind } from "../wire/entry.ts";
import { below, childOf, splitPath } from "../wire/path.ts";
import { RunLock } from "./run_lock.ts";

/** What an owner needs to change a directory. */
const OWN_ACCESS = 0o700;

/** A directory whose mode and time are set at the end. */
interface Final {
  path: string;
  mode: number;
  mtime: number;
}

/** The tree below one directory. */
export class Tree {
  readonly root: string;
  readonly #lock: RunLock;
  /** Directories that were looked at since the last message. */
  readonly #verified = new Set<string>();
  readonly #finals = new Map<string, Final>();
  /** Directories that were made writable, and the mode that they had. */
  readonly #opened = new Map<string, number>();
  #made = 0;

  constructor(root: string, run: string) {
    this.root = root;
    this.#lock = new RunLock(root, run);
  }

  /** Returns the path in the file system. */
  at(path: string): string {
    return below(this.root, path);
  }

  /** Returns what is there, without following a link; undefined if there is nothing. */
  look(path: string): Entry | undefined {
    try {
      return entryOf(Deno.lstatSync(this.at(path)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Forgets which directories were looked at: time has passed. */
  again(): void {
    this.#verified.clear();
  }

  /**
   * Makes sure that a path is a directory that can be written to, and so all above it; makes those
   * that are missing, also in place of a file or a link.
   */
  enter(path: string): void {
    if (this.#verified.has(path)) return;
    if (path !== "") this.enter(splitPath(path)[0]);
    // The root itself may be a link: its name is the user's.
    const own = path === "" ? rootEntry(this.root) : this.look(path);
    if (own?.kind !== Kind.directory) {
      if (own !== undefined) Deno.removeSync(this.at(path));
      Deno.mkdirSync(this.at(path), { recursive: path === "" });
    } else if ((own.mode & OWN_ACCESS) !== OWN_ACCESS) {
      Deno.chmodSync(this.at(path), own.mode | OWN_ACCESS);
      this.#opened.set(path, own.mode);
    }
    this.#verified.add(path);
  }

  /** Returns whether a path is a directory, and so all above it, and none of them a link. */
  isInside(path: string): boolean {
    if (path === "" || this.#verified.has(path)) return true;
    if (!this.isInside(splitPath(path)[0])) return false;
    return this.look(path)?.kind === Kind.directory;
  }

  /** Sets the mode and the time of a directory when all else is done. */
  finally(path: string, { mode, mtime }: Entry): void {
    this.#finals.set(path, { path, mode, mtime });
  }

  /** Returns a new name beside an entry. */
  temporaryIn(directory: string): string {
    return this.at(childOf(directory, this.#lock.name(this.#made++)));
  }

  /** Puts a temporary in its place: instead of what is there, but for a directory that is not empty. */
  place(temporary: string, path: string): void {
    if (this.look(path)?.kind === Kind.directory) Deno.removeSync(this.at(path));
    Deno.renameSync(temporary, this.at(path));
  }

  /** Removes a temporary, if it is there. */
  discard(temporary: string): void {
    try {
      Deno.removeSync(temporary);
    } catch { /* it was never made, or somebody else has removed it */ }
  }

  /** Removes a temporary of a run that has ended. */
  clean(directory: string, name: string): void {
    const path = this.#lock.leftOver(directory, name);
    if (path === undefined) return;
    this.enter(directory);
    this.discard(this.at(path));
  }

  /** Ends the use of temporaries. */
  close(): void {
    for (const path of this.#lock.release()) {
      if (this.isInside(splitPath(path)[0])) this.discard(this.at(path));
    }
  }

  /** Sets modes and times of directories, those within before those around them. */
  finish(failed: (path: string, error: unknown) => void): void {
    this.again();
    for (const { path, mode, mtime } of [...this.#finals.values()].reverse()) {
      try {
        if (!this.isInside(path)) continue;
        const own = path === "" ? rootEntry(this.root) : this.look(path);
        if (own === undefined) continue;
        const file = this.at(path);
        if (own.mtime !== mtime) Deno.utimeSync(file, new Date(), new Date(mtime));
        if (own.mode !== mode) Deno.chmodSync(file, mode);
        this.#opened.delete(path);
      } catch (error) {
        failed(path, error);
      }
    }
    this.restore();
  }

  /** Takes the access back that was given for the time of the run. */
  restore(): void {
    for (const [path, mode] of [...this.#opened].reverse()) {
      try {
        if (this.isInside(path)) Deno.chmodSync(this.at(path), mode);
      } catch { /* somebody else has removed it */ }
    }
    this.#opened.clear();
  }
}

/** Returns what the root is, also behind a link. */
export function rootEntry(root: string): Entry | undefined {
  try {
    return entryOf(Deno.statSync(root));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
