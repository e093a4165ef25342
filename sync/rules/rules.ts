/**
 * Which entries a sync is about: include and exclude patterns, and `.gitignore` files.
 *
 * @module
 */

import ignore, { type Ignore } from "ignore";
import { Kind } from "../wire/entry.ts";
import type { Settings } from "../wire/settings.ts";

/** What rules are made of. */
export type RuleSettings = Pick<Settings, "include" | "exclude" | "gitignore">;

/** What the rules say about an entry. */
export type Verdict = "in" | "out" | "passage";

/** The library remembers each path that it is asked about; after so many it is made anew. */
const REMEMBERED = 4096;

/** Patterns, of which the last that matches a path or a directory above it decides. */
class Patterns {
  #matcher: Ignore | undefined;
  readonly #all: Ignore;
  #asked = 0;

  constructor(parts: readonly (string | readonly string[] | Patterns)[]) {
    this.#all = newIgnore();
    for (const part of parts) this.#all.add(part instanceof Patterns ? part.#all : part);
  }

  match(path: string): boolean {
    if (this.#matcher === undefined || ++this.#asked > REMEMBERED) {
      this.#matcher = newIgnore().add(this.#all);
      this.#asked = 0;
    }
    return this.#matcher.ignores(path);
  }
}

function newIgnore(): Ignore {
  return ignore({ ignoreCase: false, allowRelativePaths: true });
}

/** The rules in one directory. */
export class Rules {
  readonly #include: Patterns | undefined;
  /** Those of the `.gitignore` files so far. */
  readonly #git: Patterns | undefined;
  readonly #exclude: readonly string[];
  readonly #out: Patterns | undefined;

  private constructor(
    include: Patterns | undefined,
    git: Patterns | undefined,
    exclude: readonly string[],
  ) {
    this.#include = include;
    this.#git = git;
    this.#exclude = exclude;
    const parts = git === undefined ? [exclude] : [git, exclude];
    this.#out = git === undefined && exclude.length === 0 ? undefined : new Patterns(parts);
  }

  /** Returns the rules at the root of a tree. */
  static of({ include, exclude, gitignore }: RuleSettings): Rules {
    return new Rules(
      include === undefined ? undefined : new Patterns([include]),
      gitignore ? new Patterns([[".git"]]) : undefined,
      exclude,
    );
  }

  /** Whether `.gitignore` files count. */
  get readsGitignore(): boolean {
    return this.#git !== undefined;
  }

  /** Returns the rules within a directory that has a `.gitignore`. */
  within(directory: string, gitignore: string | undefined): Rules {
    if (gitignore === undefined || this.#git === undefined) return this;
    const lines = gitignore.replace(/^\uFEFF/, "").split(/\r?\n/);
    const own = directory === "" ? lines : lines.flatMap((line) => placed(directory, line) ?? []);
    return new Rules(this.#include, new Patterns([this.#git, own]), this.#exclude);
  }

  /** Returns whether an entry belongs to the sync, if the directory that it is in does. */
  verdict(path: string, kind: Kind): Verdict {
    const isDirectory = kind === Kind.directory || kind === Kind.passage;
    const asked = isDirectory ? `${path}/` : path;
    if (this.#out?.match(asked)) return "out";
    if (this.#include === undefined || this.#include.match(asked)) return "in";
    return isDirectory ? "passage" : "out";
  }
}

/** Returns a pattern of a nested `.gitignore` as one of the root; undefined if it is none. */
function placed(directory: string, line: string): string | undefined {
  if (line.startsWith("#") || line.trim() === "") return undefined;
  const isNegative = line.startsWith("!");
  // A leading `\#` or `\!` stands for itself, also behind a slash.
  const body = isNegative ? line.slice(1) : line;
  const isAnchored = /\/(?!\s*$)/.test(body);
  const middle = isAnchored ? body.replace(/^\//, "") : `**/${body}`;
  const prefix = directory.replace(/[\\*?[\]!# ]/g, "\\$&");
  return `${isNegative ? "!" : ""}/${prefix}/${middle}`;
}
