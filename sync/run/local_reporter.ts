/**
 * Gathers the report of one target at the initiator.
 *
 * @module
 */

import type { SyncOptions } from "../options.ts";
import type { SyncReport, SyncTargetName } from "../report.ts";
import { Kind } from "../wire/entry.ts";
import type { Accepts } from "../source/scan.ts";
import type { FarArguments } from "../wire/settings.ts";
import {
  newTally,
  type Reporter,
  type SyncChange,
  type SyncProblem,
  type SyncSkipped,
  type Tally,
  type Told,
} from "../wire/problems.ts";

/** Milliseconds between two calls of `onProgress`. */
const INTERVAL_MS = 100;

/** The report of one target, as it grows. */
export class LocalReporter implements Reporter {
  readonly errors: SyncProblem[] = [];
  readonly #skipped: SyncSkipped[] = [];
  readonly #options: SyncOptions;
  readonly #target: SyncTargetName;
  readonly #far: Pick<FarArguments, "role" | "path">;
  readonly #path: string;
  readonly #started = performance.now();
  #tally: Readonly<Tally> = newTally();
  #calledAt = -INTERVAL_MS;
  /** Whether the last call did not tell what is known now. */
  #isBehind = false;

  /** @param path The path of the target. Default: that of the far side. */
  constructor(
    target: SyncTargetName,
    far: Pick<FarArguments, "role" | "path">,
    options: SyncOptions,
    path: string = far.path,
  ) {
    this.#target = target;
    this.#far = far;
    this.#options = options;
    this.#path = path;
  }

  error(problem: SyncProblem): void {
    this.errors.push(problem);
  }

  skip(path: string, reason: string): void {
    this.#skipped.push({ path, reason });
  }

  change(path: string, kind: SyncChange["kind"]): void {
    this.#options.onChange?.({ path, kind });
  }

  flush(tally?: Tally): Promise<void> {
    if (tally !== undefined) this.#progress(tally);
    return Promise.resolve();
  }

  /** Takes what the far side reports. */
  told({ errors, skipped, changes, tally }: Told): void {
    for (const problem of errors) this.errors.push(this.#advised(problem));
    for (const each of skipped) this.#skipped.push(each);
    for (const { path, kind } of changes) this.change(path, kind);
    if (tally !== undefined) this.#progress(tally);
  }

  /** Says what to grant where the far side lacks a permission. */
  #advised(problem: SyncProblem): SyncProblem {
    if (problem.code !== "NOT_CAPABLE" || problem.operation === "link") return problem;
    const { role, path } = this.#far;
    const keys = role === "send" ? `allow-read=${path}` : `allow-read=${path}//allow-write=${path}`;
    const ofFile = role === "send" ? "" : ", or that of the directory around it for a single file,";
    const message = `${problem.message}; add ${keys}${ofFile} to the spec of gateway ` +
      this.#target.gateway;
    return { ...problem, message };
  }

  #progress(tally: Readonly<Tally>): void {
    this.#tally = tally;
    this.#isBehind = true;
    if (performance.now() - this.#calledAt >= INTERVAL_MS) this.#call();
  }

  #call(): void {
    this.#calledAt = performance.now();
    this.#isBehind = false;
    const { files, filesTotal, bytes, bytesTotal, scanning, path } = this.#tally;
    const target = this.#target;
    this.#options.onProgress?.({ target, files, filesTotal, bytes, bytesTotal, scanning, path });
  }

  /** Returns the report at the end. */
  finish(): SyncReport {
    if (this.#isBehind) this.#call();
    const { created, updated, unchanged, deleted, directories, bytesTotal, sent } = this.#tally;
    return {
      target: this.#target,
      path: this.#path,
      created,
      updated,
      unchanged,
      deleted,
      directories,
      bytes: { total: bytesTotal, sent, saved: Math.max(0, bytesTotal - sent) },
      skipped: this.#skipped,
      errors: this.errors,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }
}

const KINDS = { [Kind.file]: "file", [Kind.link]: "link" } as const;

/** Returns the user's filter for entries as they are sent. */
export function acceptsOf({ filter }: SyncOptions): Accepts | undefined {
  if (filter === undefined) return undefined;
  return (path, { kind, size, mtime }) =>
    filter({
      path,
      kind: kind === Kind.file || kind === Kind.link ? KINDS[kind] : "directory",
      size,
      mtime: new Date(mtime),
    });
}
