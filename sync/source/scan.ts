/**
 * Reads one directory of the source.
 *
 * @module
 */

import type { Rules } from "../rules/rules.ts";
import { type Entry, entryOf, Kind } from "../wire/entry.ts";
import { below, childOf } from "../wire/path.ts";
import { problemOf, type SyncProblem, type SyncSkipped } from "../wire/problems.ts";
import type { LinkMode } from "../wire/settings.ts";
import { readTemporaryName } from "../wire/temporary.ts";

/** Some entries of a directory, in the order of their names. */
export interface Batch {
  directory: string;
  names: string[];
  entries: Entry[];
  /** The texts of the links. */
  texts: string[];
  ignore: string | undefined;
  isLast: boolean;
  errors: SyncProblem[];
  skipped: SyncSkipped[];
  /** Whether the directory has no entry at all. */
  isEmpty: boolean;
  /** Roughly the bytes that it takes. */
  weight: number;
}

/** A directory that is to be walked next. */
export interface Inner {
  name: string;
  /** Names it among the directories above it, where links are followed. */
  identity: string;
}

/** What an entry looks like to the filter. */
export type Accepts = (path: string, entry: Entry) => boolean;

/** How a tree is scanned. */
export interface ScanOptions {
  root: string;
  links: LinkMode;
  accepts: Accepts | undefined;
}

const BATCH_ENTRIES = 512;
const MAX_GITIGNORE_BYTES = 1024 * 1024;
const NAME_LOST = "its name is not UTF-8, which Deno cannot open";

/** The scan of a directory. */
export class Scan {
  /** The directories in it, as far as it has been read. */
  readonly inner: Inner[] = [];
  /** The rules in it. */
  rules: Rules;
  readonly #options: ScanOptions;
  readonly #directory: string;

  constructor(options: ScanOptions, directory: string, rules: Rules) {
    this.#options = options;
    this.#directory = directory;
    this.rules = rules;
  }

  /** Yields what is in it. */
  *batches(): Generator<Batch> {
    let batch = this.#newBatch();
    let names: string[];
    try {
      names = Array.from(Deno.readDirSync(below(this.#options.root, this.#directory)), nameOf)
        .filter((name) => readTemporaryName(name) === undefined)
        .sort();
    } catch (error) {
      batch.errors.push(problemOf(this.#directory, "scan", error));
      yield { ...batch, isLast: true };
      return;
    }
    batch.isEmpty = names.length === 0;
    this.#readGitignore(names, batch);
    for (const name of names) {
      this.#add(name, batch);
      if (batch.names.length + batch.skipped.length < BATCH_ENTRIES) continue;
      yield batch;
      batch = this.#newBatch();
    }
    yield { ...batch, isLast: true };
  }

  #newBatch(): Batch {
    return {
      directory: this.#directory,
      names: [],
      entries: [],
      texts: [],
      ignore: undefined,
      isLast: false,
      errors: [],
      skipped: [],
      isEmpty: false,
      weight: 64,
    };
  }

  #readGitignore(names: readonly string[], batch: Batch): void {
    if (!this.rules.readsGitignore || !names.includes(".gitignore")) return;
    const path = childOf(this.#directory, ".gitignore");
    try {
      const file = below(this.#options.root, path);
      const { isFile, size } = Deno.lstatSync(file);
      if (!isFile) return;
      if (size > MAX_GITIGNORE_BYTES) {
        throw new RangeError(`it has ${size} bytes; ${MAX_GITIGNORE_BYTES} are read at most`);
      }
      batch.ignore = Deno.readTextFileSync(file);
      batch.weight += batch.ignore.length;
      this.rules = this.rules.within(this.#directory, batch.ignore);
    } catch (error) {
      batch.errors.push(problemOf(path, "read", error));
    }
  }

  #add(name: string, batch: Batch): void {
    const path = childOf(this.#directory, name);
    let entry: Entry;
    let text: string | undefined;
    let identity = "";
    try {
      const file = below(this.#options.root, path);
      let info = Deno.lstatSync(file);
      if (info.isSymlink && this.#options.links === "follow") info = Deno.statSync(file);
      entry = entryOf(info);
      identity = `${info.dev}:${info.ino}`;
      if (this.#isOut(path, entry, batch)) return;
      if (entry.kind === Kind.link) text = Deno.readLinkSync(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || this.#options.links === "follow") {
        batch.errors.push(problemOf(path, "scan", error));
      } else if (name.includes("\uFFFD")) batch.skipped.push({ path, reason: NAME_LOST });
      // Otherwise it has just been removed.
      return;
    }
    if (entry.kind === Kind.directory || entry.kind === Kind.passage) {
      this.inner.push({ name, identity });
    }
    batch.names.push(name);
    batch.entries.push(entry);
    if (text !== undefined) batch.texts.push(text);
    batch.weight += 32 + name.length * 2 + (text?.length ?? 0) * 2;
  }

  /** Leaves an entry out, or marks that it is sent in part or not at all. */
  #isOut(path: string, entry: Entry, batch: Batch): boolean {
    const verdict = this.rules.verdict(path, entry.kind);
    if (verdict === "out") return true;
    if (entry.kind === Kind.other) {
      batch.skipped.push({ path, reason: "it is a FIFO, a socket or a device" });
      return false;
    }
    if (entry.kind === Kind.link && this.#options.links === "skip") {
      batch.skipped.push({ path, reason: "it is a symbolic link, which links: skip leaves out" });
      entry.kind = Kind.other;
      return false;
    }
    if (this.#options.accepts !== undefined && !this.#options.accepts(path, entry)) return true;
    if (verdict === "passage") entry.kind = Kind.passage;
    return false;
  }
}

function nameOf({ name }: Deno.DirEntry): string {
  return name;
}
