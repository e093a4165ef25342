/**
 * What went wrong with an entry, what was left out, and what has changed.
 *
 * @module
 */

/** An error about one entry. */
export interface SyncProblem {
  /** The path relative to the root; the root itself is "". */
  path: string;
  /** What was being done, such as `read` or `write`. */
  operation: string;
  /** The system's code, such as `EACCES`, or one of this package, such as `CHANGED`. */
  code: string;
  /** What was seen, and what to do. */
  message: string;
}

/** An entry that was left out. */
export interface SyncSkipped {
  /** The path relative to the root. */
  path: string;
  /** Why. */
  reason: string;
}

/** A change of a file or link at the target. */
export interface SyncChange {
  /** The path relative to the root. */
  path: string;
  /** What was done, or with `dryRun` would be. */
  kind: "create" | "update" | "delete";
}

/** How far the receiver is. */
export interface Tally {
  created: number;
  updated: number;
  unchanged: number;
  deleted: number;
  directories: number;
  /** Files and links that are done, and bytes of the files. */
  files: number;
  bytes: number;
  /** All that were found so far. */
  filesTotal: number;
  bytesTotal: number;
  /** Bytes of content that have travelled, before compression. */
  sent: number;
  /** Whether the source is still being walked. */
  scanning: boolean;
  /** The path of the last entry. */
  path: string;
}

/** Returns the tally of a run that begins. */
export function newTally(): Tally {
  return {
    created: 0,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    directories: 0,
    files: 0,
    bytes: 0,
    filesTotal: 0,
    bytesTotal: 0,
    sent: 0,
    scanning: true,
    path: "",
  };
}

/** What one side reports to the initiator. */
export interface Told {
  errors: SyncProblem[];
  skipped: SyncSkipped[];
  changes: SyncChange[];
  tally?: Tally;
}

/** Takes what a side has to report. */
export interface Reporter {
  error(problem: SyncProblem): void;
  skip(path: string, reason: string): void;
  change(path: string, kind: SyncChange["kind"]): void;
  /** Passes on what has gathered; with `tally` also how far the run is. */
  flush(tally?: Tally, isLast?: boolean): Promise<void>;
}

/** Returns an error of the file system as a problem. */
export function problemOf(path: string, operation: string, error: unknown): SyncProblem {
  const { name, message, code } = error instanceof Error
    ? error as Error & { code?: unknown }
    : { name: "Error", message: String(error), code: undefined };
  return { path, operation, code: typeof code === "string" ? code : CODES[name] ?? name, message };
}

const CODES: Record<string, string> = {
  NotFound: "ENOENT",
  PermissionDenied: "EACCES",
  AlreadyExists: "EEXIST",
  NotADirectory: "ENOTDIR",
  IsADirectory: "EISDIR",
  NotCapable: "NOT_CAPABLE",
};
