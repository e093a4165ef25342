/**
 * Makes symbolic links.
 *
 * @module
 */

import { lutimesSync } from "node:fs";
import { splitPath } from "../wire/path.ts";
import type { Books } from "./books.ts";
import type { Tree } from "./tree.ts";

/** A link to make. */
export interface NewLink {
  path: string;
  text: string;
  mtime: number;
  /** Whether it has to wait until a directory is removed. */
  isBlocked: boolean;
  kind: "create" | "update";
}

/** Makes links, unless this process may not. */
export class Links {
  readonly #tree: Tree;
  readonly #books: Books;
  readonly #isAtomic: boolean;
  /** Those that wait, with their temporary names. */
  readonly #waiting: { link: NewLink; temporary: string }[] = [];
  #refused: { path: string; count: number } | undefined;

  /** @param isAtomic Whether all links wait until `place`. */
  constructor(tree: Tree, books: Books, isAtomic: boolean) {
    this.#tree = tree;
    this.#books = books;
    this.#isAtomic = isAtomic;
  }

  /** Makes a link, in place of what is there. */
  make(link: NewLink): void {
    if (this.#refused !== undefined) {
      this.#refused.count++;
      return;
    }
    try {
      const [directory] = splitPath(link.path);
      this.#tree.enter(directory);
      const temporary = this.#tree.temporaryIn(directory);
      Deno.symlinkSync(link.text, temporary);
      lutimesSync(temporary, new Date(), new Date(link.mtime));
      if (link.isBlocked || this.#isAtomic) this.#waiting.push({ link, temporary });
      else this.#place(link, temporary);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) this.#refused = { path: link.path, count: 1 };
      else this.#books.error(link.path, "link", error);
    }
  }

  #place({ path, kind }: NewLink, temporary: string): void {
    try {
      this.#tree.place(temporary, path);
    } catch (error) {
      this.#tree.discard(temporary);
      throw error;
    }
    this.#books.changed(path, kind);
  }

  /** Puts what waited in its place, but for what something is in the way of. */
  place(isCleared = false): void {
    for (const each of this.#waiting.splice(0)) {
      const { link, temporary } = each;
      if (link.isBlocked && !isCleared) {
        this.#waiting.push(each);
        continue;
      }
      try {
        this.#place(link, temporary);
      } catch (error) {
        this.#books.error(link.path, "link", error);
      }
    }
  }

  /** Puts the rest in its place, and reports what was refused: once, for all links. */
  finish(): void {
    this.place(true);
    if (this.#refused === undefined) return;
    const { path, count } = this.#refused;
    const others = count === 1 ? "" : ` (and ${count - 1} more links)`;
    this.#books.reporter.error({
      path,
      operation: "link",
      code: "NOT_CAPABLE",
      message:
        `cannot make this link${others}: Deno lets only a process make links that may read ` +
        `and write everything; grant allow-read//allow-write without paths (here, for pull: ` +
        `--allow-read --allow-write), or leave links out with links: "skip"`,
    });
  }

  /** Removes what is not in its place. */
  abandon(): void {
    for (const { temporary } of this.#waiting.splice(0)) this.#tree.discard(temporary);
  }
}
