/**
 * Follows the list of the source beside the directories of the target.
 *
 * @module
 */

import { Rules } from "../rules/rules.ts";
import { type Entry, Kind } from "../wire/entry.ts";
import { check } from "../wire/check.ts";
import { entriesOf, type ListMessage, namesOf } from "../wire/messages.ts";
import { childOf, isName } from "../wire/path.ts";
import { problemOf, type Reporter } from "../wire/problems.ts";
import type { Settings } from "../wire/settings.ts";
import { readTemporaryName } from "../wire/temporary.ts";
import type { Tree } from "./tree.ts";

/** An entry of the list. */
export interface Listed {
  /** Its number, counted from 0. */
  id: number;
  path: string;
  entry: Entry;
  /** The text of a link. */
  text: string;
  /** Whether the target has an entry of that name. */
  isThere: boolean;
  /** Whether its directory is left out, and so is this. */
  isOut: boolean;
  /** The rules of its directory. */
  rules: Rules;
}

/** What only the target has in one directory. */
export interface Extra {
  directory: string;
  names: string[];
  rules: Rules;
}

/** A directory that is announced, and not listed to its end. */
interface Open {
  rules: Rules;
  /** Names of the target that were not listed so far; undefined: it has none, or was left out. */
  names: Set<string> | undefined;
  last: string;
  state: "new" | "listed" | "left out";
}

/** What a listing works on. */
export interface ListingInit {
  tree: Tree;
  settings: Settings;
  reporter: Reporter;
  /** The name of the target if the source is one file: then what is beside it does not matter. */
  fileName: string | undefined;
}

/** The list of one run. Each directory is announced before it is listed, by its entry. */
export class Listing {
  /** What only the target has. */
  readonly extras: Extra[] = [];
  readonly #init: ListingInit;
  readonly #open = new Map<string, Open>();
  #count = 0;

  constructor(init: ListingInit, root: Entry, isThere: boolean) {
    this.#init = init;
    this.announce("", root, Rules.of(init.settings), isThere);
  }

  /** The number of entries so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether each directory was listed to its end. */
  get isComplete(): boolean {
    return this.#open.size === 0;
  }

  /** Announces a directory; `isThere` says whether the target has it. */
  announce(path: string, entry: Entry, rules: Rules, isThere: boolean): void {
    const { fileName, settings, tree } = this.#init;
    const isFile = fileName !== undefined;
    const names = isThere && !isFile ? new Set<string>() : undefined;
    this.#open.set(path, { rules, names, last: "", state: "new" });
    if (!isFile && !settings.dryRun) tree.finally(path, entry);
  }

  /** Announces a directory of which all is left out. */
  leaveOut(path: string, rules: Rules): void {
    this.#open.set(path, { rules, names: undefined, last: "", state: "left out" });
  }

  /** Yields the entries of a message. */
  *entries(message: ListMessage): Generator<Listed> {
    const { directory, ignore, isLast, texts } = message;
    const { fileName } = this.#init;
    const names = namesOf(message.names);
    const entries = entriesOf(message.numbers, names.length);
    check(Array.isArray(texts) && texts.every((text) => typeof text === "string"), "no texts");
    const links = entries.filter(({ kind }) => kind === Kind.link).length;
    check(texts.length === links, "links without their texts");
    check(ignore === undefined || typeof ignore === "string", "no .gitignore");
    const open = this.#open.get(directory);
    check(open !== undefined, `entries of ${JSON.stringify(directory)}, which was not announced`);
    check(names.length === 0 || open.last < names[0], "names out of order");
    open.last = names.at(-1) ?? open.last;
    open.rules = open.rules.within(directory, ignore);
    if (open.state === "new") this.#read(directory, open);
    const text = texts.values();
    for (const [i, name] of names.entries()) {
      const entry = entries[i];
      yield {
        id: this.#count++,
        path: fileName ?? childOf(directory, name),
        entry,
        text: entry.kind === Kind.link ? text.next().value ?? "" : "",
        isThere: open.names?.delete(name) ?? fileName !== undefined,
        isOut: open.state === "left out",
        rules: open.rules,
      };
    }
    if (isLast === true) this.#close(directory, open);
  }

  #read(directory: string, open: Open): void {
    open.state = "listed";
    const { tree, reporter, settings, fileName } = this.#init;
    if (open.names === undefined && fileName === undefined) return;
    try {
      for (const { name } of Deno.readDirSync(tree.at(directory))) {
        if (readTemporaryName(name) === undefined) open.names?.add(name);
        else if (!settings.dryRun) tree.clean(directory, name);
      }
    } catch (error) {
      open.names = undefined;
      if (error instanceof Deno.errors.NotFound) return;
      open.state = "left out";
      reporter.error(problemOf(directory, "scan", error));
    }
  }

  #close(directory: string, { names, rules }: Open): void {
    this.#open.delete(directory);
    if (this.#init.settings.maxDelete === undefined || names === undefined) return;
    const extra = [...names].filter(isName);
    if (extra.length > 0) this.extras.push({ directory, names: extra.sort(), rules });
  }
}
