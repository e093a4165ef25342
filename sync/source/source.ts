/**
 * The root of the source: a tree, or one file.
 *
 * @module
 */

import { Rules, type RuleSettings } from "../rules/rules.ts";
import { type Entry, entryOf, Kind } from "../wire/entry.ts";
import { placeOf, rootOf } from "../wire/path.ts";
import { problemOf, type Reporter } from "../wire/problems.ts";
import type { Settings } from "../wire/settings.ts";
import type { Accepts, Batch } from "./scan.ts";
import { type Position, walk } from "./walk.ts";

/** What a walk needs to know. */
export type WalkSettings = RuleSettings & Pick<Settings, "links">;

/** A source that can be sent. */
export interface Source {
  root: string;
  /** What the root is; undefined if it cannot be read. */
  entry: Entry | undefined;
  batches: AsyncIterable<Batch>;
}

/** Returns what a path is, behind links, or reports why that cannot be said. */
export function rootOfSource(path: string, reporter: Pick<Reporter, "error">): Entry | undefined {
  try {
    const entry = entryOf(Deno.statSync(path));
    if (entry.kind === Kind.file || entry.kind === Kind.directory) return entry;
    throw new Error(`${path} is neither a directory nor a file`);
  } catch (error) {
    reporter.error(problemOf("", "scan", error));
  }
}

/** Returns the source at a path. */
export function sourceOf(
  path: string,
  settings: WalkSettings,
  accepts: Accepts | undefined,
  reporter: Reporter,
): Source {
  const root = rootOf(path);
  const entry = rootOfSource(root, reporter);
  return { root, entry, batches: batchesOf(root, entry, settings, accepts) };
}

/** Returns a walk through the source, from a position on. */
export function batchesOf(
  root: string,
  entry: Entry | undefined,
  settings: WalkSettings,
  accepts: Accepts | undefined,
  from?: Position,
): AsyncGenerator<Batch> {
  if (entry === undefined) return nothing();
  if (entry.kind === Kind.file) return single(root, entry);
  return walk({ root, links: settings.links, accepts }, Rules.of(settings), from);
}

async function* nothing(): AsyncGenerator<Batch> {}

async function* single(root: string, entry: Entry): AsyncGenerator<Batch> {
  yield {
    directory: "",
    names: [placeOf(root)[1]],
    entries: [entry],
    texts: [],
    ignore: undefined,
    isLast: true,
    errors: [],
    skipped: [],
    isEmpty: false,
    weight: 64,
  };
}
