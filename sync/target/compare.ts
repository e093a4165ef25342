/**
 * Compares what the source lists with what the target has, and does what needs no content.
 *
 * @module
 */

import type { Rules } from "../rules/rules.ts";
import { type Entry, Kind } from "../wire/entry.ts";
import type { Settings } from "../wire/settings.ts";
import type { Awaited, Books } from "./books.ts";
import type { Links } from "./links.ts";
import type { Listed, Listing } from "./listing.ts";
import type { Tree } from "./tree.ts";

/** A listed file that is wanted. */
export interface Wish {
  id: number;
  awaited: Awaited;
  /** Whether its content is to be compared by hash. */
  byHash: boolean;
  /** Bytes of the target's old version, if there is one. */
  oldSize: number;
}

/** A directory that is in the way of a file or link. */
export interface Blocked {
  path: string;
  rules: Rules;
}

/** What the comparison works on. */
export interface CompareInit {
  tree: Tree;
  links: Links;
  listing: Listing;
  settings: Settings;
  books: Books;
  /** The initiator's filter, if it is on this side. */
  accepts: ((path: string, entry: Entry) => boolean) | undefined;
}

/** The comparison of one run. */
export class Comparison {
  /** Directories that are in the way of a file or link. */
  readonly blocked: Blocked[] = [];
  readonly #init: CompareInit;

  constructor(init: CompareInit) {
    this.#init = init;
  }

  /** Compares an entry; returns it if its content is needed. */
  compare(listed: Listed): Wish | undefined {
    const { books, accepts, listing } = this.#init;
    const { id, path, entry, isOut, rules } = listed;
    const isDirectory = entry.kind === Kind.directory || entry.kind === Kind.passage;
    const isRefused = isOut || (entry.kind !== Kind.other && accepts?.(path, entry) === false);
    if (isRefused) {
      if (isDirectory) listing.leaveOut(path, rules);
      return;
    }
    books.tally.path = path;
    if (isDirectory) return this.#directory(listed);
    if (entry.kind === Kind.other) return;
    books.found(entry);
    try {
      const own = listed.isThere ? this.#init.tree.look(path) : undefined;
      if (entry.kind === Kind.link) return this.#link(listed, own);
      const wish = this.#file(listed, own);
      return wish && { id, ...wish };
    } catch (error) {
      books.failed(path, entry, "compare", error);
    }
  }

  #directory({ path, entry, isThere, rules }: Listed): undefined {
    const { tree, settings, books, listing } = this.#init;
    try {
      const isDirectory = isThere && tree.look(path)?.kind === Kind.directory;
      listing.announce(path, entry, rules, isDirectory);
      if (entry.kind === Kind.passage) return;
      books.tally.directories++;
      if (!isDirectory && !settings.dryRun) tree.enter(path);
    } catch (error) {
      listing.leaveOut(path, rules);
      books.error(path, "write", error);
    }
  }

  #file({ path, entry, rules }: Listed, own: Entry | undefined): Omit<Wish, "id"> | undefined {
    const { checksum } = this.#init.settings;
    const isAlike = own?.kind === Kind.file && own.size === entry.size && own.mtime === entry.mtime;
    if (isAlike && !checksum) return this.sameContent(path, entry, own);
    const isBlocked = own?.kind === Kind.directory && !this.#isEmpty(path);
    if (isBlocked && !this.#block(path, rules)) return void this.#init.books.done(entry);
    const kind = own === undefined ? "create" : "update";
    return { awaited: { path, kind, isBlocked, entry }, byHash: isAlike, oldSize: own?.size ?? 0 };
  }

  /** Counts a file of which the target has the content; its mode may differ. */
  sameContent(path: string, entry: Entry, own: Entry): undefined {
    const { tree, settings, books } = this.#init;
    try {
      if (own.mode === entry.mode) books.tally.unchanged++;
      else {
        if (!settings.dryRun) Deno.chmodSync(tree.at(path), entry.mode);
        books.changed(path, "update");
      }
    } catch (error) {
      books.error(path, "write", error);
    }
    books.done(entry);
  }

  #link({ path, entry, text, rules }: Listed, own: Entry | undefined): undefined {
    const { tree, links, books, settings } = this.#init;
    books.done(entry);
    if (own?.kind === Kind.link && Deno.readLinkSync(tree.at(path)) === text) {
      books.tally.unchanged++;
      return;
    }
    const isBlocked = own?.kind === Kind.directory && !this.#isEmpty(path);
    if (isBlocked && !this.#block(path, rules)) return;
    const kind = own === undefined ? "create" : "update";
    if (settings.dryRun) books.changed(path, kind);
    else links.make({ path, text, mtime: entry.mtime, isBlocked, kind });
  }

  #isEmpty(path: string): boolean {
    for (const _ of Deno.readDirSync(this.#init.tree.at(path))) return false;
    return true;
  }

  /** Notes that a directory is in the way; false if it may not be removed. */
  #block(path: string, rules: Rules): boolean {
    if (this.#init.settings.maxDelete !== undefined) {
      this.blocked.push({ path, rules });
      return true;
    }
    this.#init.books.reporter.error({
      path,
      operation: "write",
      code: "ENOTEMPTY",
      message: "the target has a directory of that name, with something in it; delete removes it",
    });
    return false;
  }
}
