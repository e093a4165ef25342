/**
 * What a sync reports.
 *
 * @module
 */

import { ExecnetError } from "../errors.ts";
import { escapeControls } from "../internal/escape.ts";
import type { SyncProblem, SyncSkipped } from "./wire/problems.ts";

/** Which target a report or a progress is about. */
export interface SyncTargetName {
  /** The gateway's id. */
  readonly gateway: string;
  /** The position in the array of targets; 0 for a single one. */
  readonly index: number;
}

/**
 * How far the sync of one target is. The totals grow while the source is still being scanned.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { push, type SyncProgress } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [from, to] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${from}/a.txt`, "hello");
 * await using gateway = await makeGateway(`popen//allow-read=${to}//allow-write=${to}`);
 * let last: SyncProgress | undefined;
 * await push(from, { gateway, path: to }, { onProgress: (progress) => last = progress });
 * assertEquals([last?.files, last?.bytes, last?.bytesTotal, last?.scanning], [1, 5, 5, false]);
 * ```
 */
export interface SyncProgress {
  /** Which target. */
  readonly target: SyncTargetName;
  /** Number of files and links that are done. */
  readonly files: number;
  /** Number of files and links that were found so far. */
  readonly filesTotal: number;
  /** Bytes of the files that are done. */
  readonly bytes: number;
  /** Bytes of all files that were found so far. */
  readonly bytesTotal: number;
  /** Whether the source is still being scanned, so that the totals still grow. */
  readonly scanning: boolean;
  /** The path of the latest entry, relative to the root. */
  readonly path: string;
}

/**
 * What was done at one target.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { push, type SyncReport } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [from, to] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${from}/a.txt`, "hello");
 * await using gateway = await makeGateway(`popen//allow-read=${to}//allow-write=${to}`);
 * const report: SyncReport = await push(from, { gateway, path: to });
 * assertEquals([report.created, report.bytes.sent, report.errors], [1, 5, []]);
 * ```
 */
export interface SyncReport {
  /** Which target. */
  readonly target: SyncTargetName;
  /** The path of the target, as it was given. */
  readonly path: string;
  /** Number of files and links that the target did not have. */
  readonly created: number;
  /** Number of files and links that differed, if only in their mode. */
  readonly updated: number;
  /** Number of files and links that were the same. */
  readonly unchanged: number;
  /** Number of files and links that only the target had, and that were deleted. */
  readonly deleted: number;
  /** Number of directories below the root of the source. */
  readonly directories: number;
  /**
   * Bytes of content: those of all files of the source, those that were sent (before compression),
   * and those that did not have to be.
   */
  readonly bytes: { readonly total: number; readonly sent: number; readonly saved: number };
  /** What was left out, and why. */
  readonly skipped: SyncSkipped[];
  /** What failed. All else was done. */
  readonly errors: SyncProblem[];
  /** How long it took. */
  readonly seconds: number;
}

/**
 * A sync that could not do all. What it could, it has done; `reports` say what failed.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { push, SyncError } from "@x/execnet/sync";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gateway = await makeGateway();
 * const from = await Deno.makeTempDir();
 * const error = await assertRejects(() => push(from, { gateway, path: "/srv/site" }), SyncError);
 * assertEquals(error.reports[0].errors[0].code, "NOT_CAPABLE");
 * ```
 */
export class SyncError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "SyncError";
  /** One for each target, in order. */
  readonly reports: readonly SyncReport[];

  /** Makes the error of reports of which at least one has errors. */
  constructor(reports: readonly SyncReport[]) {
    super(messageFor(reports));
    this.reports = reports;
  }
}

/** Errors that the message shows. */
const SHOWN = 3;

function messageFor(reports: readonly SyncReport[]): string {
  const lines = reports.flatMap(({ target, path, errors }) =>
    errors.slice(0, SHOWN).map((error) => `  ${target.gateway}:${path}: ${lineOf(error)}`)
      .concat(errors.length > SHOWN ? [`  ${target.gateway}: ${errors.length - SHOWN} more`] : [])
  );
  const count = reports.reduce((sum, { errors }) => sum + errors.length, 0);
  const what = count === 1 ? "1 error" : `${count} errors`;
  return `the sync had ${what}; all else was done:\n${lines.join("\n")}`;
}

function lineOf({ path, operation, code, message }: SyncProblem): string {
  const where = path === "" ? "the root" : JSON.stringify(path);
  return escapeControls(`${operation} ${where}: ${code}: ${message}`);
}
