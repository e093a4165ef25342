/**
 * Counts what is done.
 *
 * @module
 */

import type { Entry } from "../wire/entry.ts";
import { newTally, problemOf, type Reporter, type Tally } from "../wire/problems.ts";

/** A file that is to come. */
export interface Awaited {
  path: string;
  kind: "create" | "update";
  /** Whether it is to replace a directory that is not empty. */
  isBlocked: boolean;
  /** What was listed. */
  entry: Entry;
  /** Bytes of the blocks of the target's old version, if these may be sent as such. */
  block?: number;
  /** Whether it is sent for the second time. */
  isAgain?: true;
}

/** The books of one run. */
export class Books {
  readonly tally: Tally = newTally();
  readonly reporter: Reporter;

  constructor(reporter: Reporter) {
    this.reporter = reporter;
  }

  /** Enters a file or link of the list. */
  found({ size }: Entry): void {
    this.tally.filesTotal++;
    this.tally.bytesTotal += size;
  }

  /** A file or link is done, whether well or not. */
  done({ size }: Entry): void {
    this.tally.files++;
    this.tally.bytes += size;
  }

  changed(path: string, kind: "create" | "update" | "delete"): void {
    this.tally[COUNTS[kind]]++;
    this.reporter.change(path, kind);
  }

  /** A file was written; it may have changed since it was listed. */
  written({ path, kind, entry }: Awaited, written: Entry): void {
    this.changed(path, kind);
    this.tally.bytesTotal += written.size - entry.size;
    this.done(written);
  }

  /** A file or link cannot be made the same. */
  failed(path: string, entry: Entry, operation: string, error: unknown): void {
    this.error(path, operation, error);
    this.done(entry);
  }

  error(path: string, operation: string, error: unknown): void {
    this.reporter.error(problemOf(path, operation, error));
  }

  /** Tells how far it is. */
  async tell(isLast = false): Promise<void> {
    await this.reporter.flush(this.tally, isLast);
  }
}

const COUNTS = { create: "created", update: "updated", delete: "deleted" } as const;
