/**
 * Options of a sync.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  type OptionRule,
  type OptionRules,
  SIGNAL,
} from "../internal/arguments.ts";
import type { SyncProgress } from "./report.ts";
import type { SyncChange } from "./wire/problems.ts";
import type { LinkMode, LinkSettings, Settings } from "./wire/settings.ts";

/** An entry that a {@linkcode SyncOptions.filter} is asked about. */
export interface SyncEntry {
  /** The path relative to the root. */
  readonly path: string;
  /** What it is. */
  readonly kind: "file" | "directory" | "link";
  /** Bytes of a file; 0 for others. */
  readonly size: number;
  /** When it was changed last, in whole milliseconds. */
  readonly mtime: Date;
}

/**
 * Options of {@linkcode push} and {@linkcode pull}.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { push } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [from, to] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${from}/a.ts`, "");
 * await Deno.writeTextFile(`${from}/a.log`, "");
 * await Deno.writeTextFile(`${to}/old.ts`, "");
 * await using gateway = await makeGateway(`popen//allow-read=${to}//allow-write=${to}`);
 * const changes: string[] = [];
 * const report = await push(from, { gateway, path: to }, {
 *   delete: { max: 10 },
 *   exclude: ["*.log"],
 *   onChange: ({ kind, path }) => changes.push(`${kind} ${path}`),
 * });
 * assertEquals(changes, ["create a.ts", "delete old.ts"]);
 * assertEquals([report.created, report.deleted], [1, 1]);
 * ```
 */
export interface SyncOptions {
  /**
   * Whether to delete what only the target has, at the end, as far as the rules would have sent it.
   * `max` bounds the number of files and links: if there are more, nothing is deleted. Nothing is
   * deleted either if an entry of the source could not be read, or the source is empty. Default
   * false.
   */
  delete?: boolean | { max: number };
  /** Patterns of `.gitignore`, against paths relative to the root. If given, all else stays out. */
  include?: readonly string[];
  /**
   * Patterns of `.gitignore` for what stays out. They are read after the `.gitignore` files, so that
   * `!x` brings back what those leave out.
   */
  exclude?: readonly string[];
  /**
   * Whether `.gitignore` files of the source count, at its root and below. The `.git` folder stays
   * out then, too. Default false.
   */
  gitignore?: boolean;
  /**
   * Returns whether an entry belongs to the sync, after the patterns. It is asked about the entries
   * of the source, but not the root, and with `delete` also about those that only the target has.
   */
  filter?: (entry: SyncEntry) => boolean;
  /**
   * Whether to compare content by SHA-256 where size and time of change agree. Default false: then
   * such a file is unchanged.
   */
  checksum?: boolean;
  /**
   * What to do about symbolic links: `"keep"` (the default) makes links of the same text, `"skip"`
   * leaves them out, `"follow"` sends what they lead to. To make links, a process needs `read` and
   * `write` of everything.
   */
  links?: LinkMode;
  /**
   * Whether to send of a file only what differs from the target's old version: `"auto"` (the default)
   * for files of 64 KiB and more, unless the gateway is a local process; `"never"`; or `"always"`.
   */
  delta?: "auto" | "never" | "always";
  /**
   * Whether to compress what is sent, by zstd. Default `"auto"`: over `ssh`, `tcp`, `via` and
   * `command`, files that get smaller by it.
   */
  compress?: "auto" | boolean;
  /** Whether files and directories have to be on the disk before the sync ends. Default false. */
  fsync?: boolean;
  /**
   * What appears at once: `"file"` (the default) each file when it is there, `"tree"` all of them
   * by renames at the end, when all content has arrived.
   */
  atomic?: "file" | "tree";
  /** Whether only to find out what would be done. The report counts it. Default false. */
  dryRun?: boolean;
  /** Called for each file or link that was created, updated or deleted, or would be by a dry run. */
  onChange?: (change: SyncChange) => void;
  /** Called at most ten times a second for each target, and at its end. */
  onProgress?: (progress: SyncProgress) => void;
  /**
   * What to do about errors at the end: `"throw"` (the default) a {@linkcode SyncError}, or
   * `"report"` them only in the report.
   */
  onError?: "throw" | "report";
  /** Ends the sync when aborted; it rejects with the signal's reason. No file is torn. */
  signal?: AbortSignal;
}

const PATTERNS: OptionRule = {
  wanted: "an array of patterns",
  isRight: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
};

const RULES: OptionRules<SyncOptions> = {
  delete: {
    wanted: "true, false, or { max: a number }",
    isRight: (value) => typeof value === "boolean" || isMax(value),
  },
  include: PATTERNS,
  exclude: PATTERNS,
  gitignore: BOOLEAN,
  filter: FUNCTION,
  checksum: BOOLEAN,
  links: oneOf("keep", "skip", "follow"),
  delta: oneOf("auto", "never", "always"),
  compress: {
    wanted: `"auto", true or false`,
    isRight: (value) => value === "auto" || typeof value === "boolean",
  },
  fsync: BOOLEAN,
  atomic: oneOf("file", "tree"),
  dryRun: BOOLEAN,
  onChange: FUNCTION,
  onProgress: FUNCTION,
  onError: oneOf("throw", "report"),
  signal: SIGNAL,
};

function oneOf(...words: string[]): OptionRule {
  return {
    wanted: words.map((word) => JSON.stringify(word)).join(" or "),
    isRight: (value) => words.includes(value as string),
  };
}

function isMax(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { max, ...others } = value as { max?: unknown };
  return typeof max === "number" && max >= 0 && Object.keys(others).length === 0;
}

/**
 * Checks options.
 *
 * @throws {TypeError} if one is unknown or of a wrong type.
 */
export function checkSyncOptions(method: string, options: SyncOptions): void {
  checkOptions(method, options, RULES, (key, known) => closestString(key, [...known]));
}

/** Returns what both sides need to know of the options. */
export function settingsOf(options: SyncOptions): Omit<Settings, keyof LinkSettings> {
  const { delete: deletes = false, include, exclude = [], links = "keep" } = options;
  return {
    maxDelete: deletes === false ? undefined : deletes === true ? Infinity : deletes.max,
    include: include && [...include],
    exclude: [...exclude],
    gitignore: options.gitignore ?? false,
    checksum: options.checksum ?? false,
    links,
    dryRun: options.dryRun ?? false,
    isAtomic: options.atomic === "tree",
    fsync: options.fsync ?? false,
    hasFilter: options.filter !== undefined,
    run: crypto.randomUUID().replaceAll("-", "").slice(0, 12),
  };
}
