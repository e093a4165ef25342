/**
 * What a receiver works with, for one root.
 *
 * @module
 */

import { type Entry, Kind } from "../wire/entry.ts";
import type { Settings } from "../wire/settings.ts";
import type { Books } from "./books.ts";
import { Comparison } from "./compare.ts";
import { Incoming } from "./incoming.ts";
import { Links } from "./links.ts";
import { Listing } from "./listing.ts";
import { rootEntry, Tree } from "./tree.ts";
import { Writer } from "./writer.ts";

/** The parts of a receiver. */
export interface Work {
  tree: Tree;
  links: Links;
  writer: Writer;
  listing: Listing;
  comparison: Comparison;
  incoming: Incoming;
}

/** The rules are about what is in a tree, and not about a single file. */
const NO_RULES = { include: undefined, exclude: [], gitignore: false };

/**
 * Begins to work on a directory; makes it if it is missing.
 *
 * @param fileName The name of the target in it, if the source is one file.
 */
export function workOn(
  place: string,
  root: Entry,
  given: Settings,
  books: Books,
  accepts: ((path: string, entry: Entry) => boolean) | undefined,
  fileName: string | undefined,
): Work {
  const settings = fileName === undefined ? given : { ...given, ...NO_RULES };
  const own = rootEntry(place);
  if (own !== undefined && own.kind !== Kind.directory) {
    throw Object.assign(new Error(`the target ${place} is no directory`), { code: "ENOTDIR" });
  }
  const tree = new Tree(place, settings.run);
  if (!settings.dryRun) tree.enter("");
  const links = new Links(tree, books, settings.isAtomic);
  const writer = new Writer(tree, books, settings);
  const { reporter } = books;
  const isThere = own !== undefined;
  const listing = new Listing({ tree, settings, reporter, fileName }, root, isThere);
  const comparison = new Comparison({ tree, links, listing, settings, books, accepts });
  const incoming = new Incoming(books, writer, (path, entry) => {
    try {
      const present = tree.look(path);
      if (present !== undefined) return comparison.sameContent(path, entry, present);
    } catch (error) {
      return books.failed(path, entry, "compare", error);
    }
    books.done(entry);
  });
  return { tree, links, writer, listing, comparison, incoming };
}
