/**
 * Deletes what only the target has: at the end, and only what the rules would have sent.
 *
 * @module
 */

import type { Rules } from "../rules/rules.ts";
import { type Entry, Kind } from "../wire/entry.ts";
import { Pace } from "../wire/pace.ts";
import { childOf, splitPath } from "../wire/path.ts";
import type { Settings } from "../wire/settings.ts";
import type { Books } from "./books.ts";
import type { Blocked } from "./compare.ts";
import type { Extra } from "./listing.ts";
import type { Tree } from "./tree.ts";

/** Says which of some entries belong to the sync: what the initiator's filter says. */
export type Judge = (paths: string[], entries: Entry[]) => Promise<boolean[]>;

/** What a removal works on. */
export interface RemovalInit {
  tree: Tree;
  settings: Settings;
  books: Books;
  /** Undefined: there is no filter. */
  judge: Judge | undefined;
}

interface Doomed {
  path: string;
  kind: Kind;
}

const CHUNK = 512;

/** The deletions of a run. */
export class Removal {
  readonly #init: RemovalInit;
  /** What is to go, what a directory holds before the directory. */
  readonly #doomed: Doomed[] = [];
  readonly #pace = new Pace();

  constructor(init: RemovalInit) {
    this.#init = init;
  }

  /** Finds what is to go. */
  async find(extras: readonly Extra[], blocked: readonly Blocked[]): Promise<void> {
    for (const { directory, names, rules } of extras) await this.#among(directory, names, rules);
    for (const { path, rules } of blocked) await this.#inside(path, rules);
  }

  /** Deletes, if these are not too many. */
  async run(): Promise<void> {
    const { settings, books } = this.#init;
    const count = this.#doomed.filter(({ kind }) => kind !== Kind.directory).length;
    const max = settings.maxDelete ?? 0;
    if (count > max) {
      books.reporter.error({
        path: "",
        operation: "delete",
        code: "MAX_DELETE",
        message:
          `${count} files and links would be deleted, more than the ${max} that delete.max ` +
          `allows; nothing was deleted`,
      });
      return;
    }
    this.#init.tree.again();
    for (const { path, kind } of this.#doomed) {
      try {
        if (!settings.dryRun) this.#remove(path);
        if (kind !== Kind.directory) books.changed(path, "delete");
      } catch (error) {
        // It holds what the rules protect, or what somebody has just put there.
        if (kind === Kind.directory && isNotEmpty(error)) continue;
        books.error(path, "delete", error);
      }
      await this.#pace.turn();
    }
  }

  #remove(path: string): void {
    const { tree } = this.#init;
    const [directory] = splitPath(path);
    if (!tree.isInside(directory)) throw new Error("a directory above it has become a link");
    tree.enter(directory);
    Deno.removeSync(tree.at(path));
  }

  async #among(directory: string, names: readonly string[], rules: Rules): Promise<void> {
    for (let from = 0; from < names.length; from += CHUNK) {
      const paths: string[] = [];
      const entries: Entry[] = [];
      for (const name of names.slice(from, from + CHUNK)) {
        const path = childOf(directory, name);
        const entry = this.#look(path);
        if (entry === undefined || !this.#isSent(entry)) continue;
        const verdict = rules.verdict(path, entry.kind);
        if (verdict === "out") continue;
        paths.push(path);
        entries.push(verdict === "passage" ? { ...entry, kind: Kind.passage } : entry);
      }
      await this.#pace.turn();
      const verdicts = await this.#init.judge?.(paths, entries);
      for (const [i, path] of paths.entries()) {
        if (verdicts?.[i] === false) continue;
        const { kind } = entries[i];
        if (kind === Kind.directory || kind === Kind.passage) await this.#inside(path, rules);
        if (kind !== Kind.passage) this.#doomed.push({ path, kind });
      }
    }
  }

  /** Returns whether an entry of this kind would have been sent. */
  #isSent({ kind }: Entry): boolean {
    if (kind === Kind.link) return this.#init.settings.links === "keep";
    return kind !== Kind.other;
  }

  async #inside(path: string, rules: Rules): Promise<void> {
    try {
      const names = Array.from(Deno.readDirSync(this.#init.tree.at(path)), ({ name }) => name);
      await this.#among(path, names.sort(), rules);
    } catch (error) {
      this.#init.books.error(path, "delete", error);
    }
  }

  /** Returns nothing also for a name that is not UTF-8: that cannot be named. */
  #look(path: string): Entry | undefined {
    try {
      return this.#init.tree.look(path);
    } catch (error) {
      this.#init.books.error(path, "delete", error);
    }
  }
}

function isNotEmpty(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOTEMPTY";
}
