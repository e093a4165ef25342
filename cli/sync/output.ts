/**
 * What `push` and `pull` print: changes, what failed, and the table at the end.
 *
 * @module
 */

import type { SyncChange, SyncProblem, SyncReport } from "../../sync.ts";
import { escapeControls } from "../../internal/escape.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { bytesText } from "../output/bytes.ts";
import { columnsOf } from "../output/columns.ts";
import type { Streams } from "../output/streams.ts";
import { jsonOf } from "../output/text.ts";
import { lineOf, type Outcome } from "../run/outcome.ts";
import type { Bars } from "./bars.ts";

/** Lines of what failed or was skipped on a target; the rest is only counted. */
const MAX_LINES = 10;

/** Prints how the syncs of all targets go. */
export class SyncOutput {
  readonly #isJson: boolean;
  readonly #isTagged: boolean;
  readonly #streams: Streams;
  readonly #bars: Bars;
  readonly #reports = new Map<string, SyncReport>();

  constructor(args: Arguments, targets: number, streams: Streams, bars: Bars) {
    this.#isJson = args.has("json");
    this.#isTagged = targets > 1;
    this.#streams = streams;
    this.#bars = bars;
  }

  /** Prints a change that would be made. */
  change(id: string, { kind, path }: SyncChange): void {
    const tag = this.#isTagged ? `[${id}] ` : "";
    const line = this.#isJson ? jsonOf({ gateway: id, kind, path }) : `${tag}${kind} ${path}`;
    this.#bars.erase();
    this.#streams.out.write(`${escapeControls(line)}\n`);
  }

  /** Takes the report of a target, and prints what was left out or failed. */
  report(id: string, report: SyncReport): void {
    this.#reports.set(id, report);
    if (this.#isJson) return;
    this.#list(id, report.skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`));
    // A single one is in the table of failures.
    if (report.errors.length > 1) this.#list(id, report.errors.map(problemLine));
  }

  /** Takes the end of a target. */
  ended({ id, end, error }: Outcome): void {
    if (!this.#isJson) return;
    const { target: _, ...report } = this.#reports.get(id) ?? { target: undefined };
    // An interrupted one has failed, for who reads this.
    const word = end === "interrupted" ? "failed" : end;
    const why = end === "ok" ? undefined : lineOf(error ?? end);
    this.#streams.out.write(`${jsonOf({ gateway: id, end: word, error: why, ...report })}\n`);
  }

  /** Prints the table. */
  finish(): void {
    if (this.#isJson || this.#reports.size === 0) return;
    const rows = Array.from(
      this.#reports,
      ([id, report]) => [escapeControls(id), ...cells(report)],
    );
    this.#streams.out.write(columnsOf([HEAD, ...rows]));
  }

  #list(id: string, lines: readonly string[]): void {
    const left = lines.length - MAX_LINES;
    const shown = left > 0 ? [...lines.slice(0, MAX_LINES), `${left} more`] : lines;
    for (const line of shown) this.#bars.print(`${escapeControls(`[${id}] ${line}`)}\n`);
  }
}

const HEAD = ["ID", "CREATED", "UPDATED", "UNCHANGED", "DELETED", "SENT", "TOTAL", "TIME"];

function cells({ created, updated, unchanged, deleted, bytes, seconds }: SyncReport): string[] {
  const counts = [created, updated, unchanged, deleted].map(String);
  return [...counts, bytesText(bytes.sent), bytesText(bytes.total), `${seconds.toFixed(1)} s`];
}

/** Returns what failed on one line. */
export function problemLine({ path, operation, code, message }: SyncProblem): string {
  const where = path === "" ? "the root" : JSON.stringify(path);
  return `${operation} ${where}: ${code}: ${message}`;
}
