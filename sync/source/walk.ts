/**
 * Walks the source: each directory before those in it, names in order. So a walk can be taken up
 * where another one stopped.
 *
 * @module
 */

import type { Rules } from "../rules/rules.ts";
import { Kind } from "../wire/entry.ts";
import { Pace } from "../wire/pace.ts";
import { childOf } from "../wire/path.ts";
import { type Batch, type Inner, Scan, type ScanOptions } from "./scan.ts";

/** Where a walk has stopped. */
export interface Position {
  directory: string;
  /** The last name that was seen there; undefined: all of them. */
  after: string | undefined;
}

interface Level {
  path: string;
  inner: Inner[];
  /** The next of them. */
  next: number;
  rules: Rules;
  identity: string;
}

/** Returns the position behind a batch. */
export function positionOf({ directory, names, isLast }: Batch): Position {
  return { directory, after: isLast ? undefined : names.at(-1) ?? "" };
}

/**
 * Yields the entries of a tree, those of a few hundred names at a time.
 *
 * @param from Where to go on. Default: from the beginning.
 */
export async function* walk(
  options: ScanOptions,
  rules: Rules,
  from?: Position,
): AsyncGenerator<Batch> {
  const pace = new Pace();
  const levels: Level[] = [];
  let identity = options.links === "follow" ? identityOf(options.root) : "";
  if (from === undefined) {
    yield* enter("", rules);
  } else {
    yield* resume(from);
  }
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const next = level.inner[level.next++];
    if (next === undefined) {
      levels.pop();
      continue;
    }
    const path = childOf(level.path, next.name);
    if (options.links === "follow" && levels.some((above) => above.identity === next.identity)) {
      yield loopAt(path);
      continue;
    }
    identity = next.identity;
    yield* enter(path, level.rules);
  }

  async function* enter(path: string, above: Rules): AsyncGenerator<Batch> {
    const scan = new Scan(options, path, above);
    for (const batch of scan.batches()) {
      yield batch;
      await pace.turn();
    }
    levels.push({ path, inner: scan.inner, next: 0, rules: scan.rules, identity });
  }

  /** Walks down to where it was, without telling again what was told. */
  async function* resume({ directory, after }: Position): AsyncGenerator<Batch> {
    const steps = directory === "" ? [] : directory.split("/");
    let [path, above] = ["", rules];
    for (let depth = 0;; depth++) {
      const step = steps[depth];
      const isPlace = step === undefined;
      const scan = new Scan(options, path, above);
      for (const batch of scan.batches()) {
        if (isPlace && after !== undefined) yield behind(batch, after);
        else if (batch.errors.length > 0) yield { ...batch, ...NOTHING };
        await pace.turn();
      }
      const next = isPlace ? 0 : scan.inner.findIndex(({ name }) => name > step);
      levels.push({
        path,
        inner: scan.inner,
        next: next < 0 ? scan.inner.length : next,
        rules: scan.rules,
        identity,
      });
      const inner = isPlace ? undefined : scan.inner.find(({ name }) => name === step);
      if (inner === undefined) return;
      identity = inner.identity;
      path = childOf(path, inner.name);
      above = scan.rules;
    }
  }
}

/** Returns the part of a batch behind a name; of what is before, the errors. */
function behind(batch: Batch, after: string): Batch {
  const first = batch.names.findIndex((name) => name > after);
  if (first === 0) return batch;
  if (first < 0 && !batch.isLast) return { ...batch, ...NOTHING };
  const from = first < 0 ? batch.names.length : first;
  const links = batch.entries.slice(0, from).filter(({ kind }) => kind === Kind.link).length;
  return {
    ...batch,
    names: batch.names.slice(from),
    entries: batch.entries.slice(from),
    texts: batch.texts.slice(links),
    skipped: batch.skipped.filter(({ path }) => path > childOf(batch.directory, after)),
  };
}

/** What a batch lists that lists nothing. */
const NOTHING = {
  names: [],
  entries: [],
  texts: [],
  ignore: undefined,
  skipped: [],
  isLast: false,
};

function identityOf(root: string): string {
  const { dev, ino } = Deno.statSync(root);
  return `${dev}:${ino}`;
}

/** A directory that a followed link leads to, and that holds the link. */
function loopAt(path: string): Batch {
  return {
    directory: path,
    names: [],
    entries: [],
    texts: [],
    ignore: undefined,
    isLast: true,
    errors: [],
    skipped: [{ path, reason: "it leads back to a directory that it is in" }],
    isEmpty: false,
    weight: 64,
  };
}
