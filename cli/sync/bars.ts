/**
 * How far syncs are: a bar for each target, on a terminal alone.
 *
 * @module
 */

import type { SyncProgress } from "../../sync.ts";
import { escapeControls } from "../../internal/escape.ts";
import { bytesText } from "../output/bytes.ts";
import type { Writer } from "../output/writer.ts";

const REDRAW_MS = 100;
const BAR_COLUMNS = 24;
/** Left free: a screen that is full would scroll. */
const FREE_ROWS = 2;

/** Bars on stderr, drawn over each other. */
export class Bars implements Disposable {
  readonly #err: Writer;
  readonly #ids: readonly string[];
  readonly #isShown = Deno.stderr.isTerminal();
  readonly #progress = new Map<string, SyncProgress>();
  #drawnAt = -Infinity;
  /** The number of lines on the screen. */
  #drawn = 0;

  constructor(err: Writer, ids: readonly string[]) {
    this.#err = err;
    this.#ids = ids;
  }

  /** Shows how far a target is. */
  show(id: string, progress: SyncProgress): void {
    if (!this.#isShown) return;
    this.#progress.set(id, progress);
    if (performance.now() - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = performance.now();
    const { columns, rows } = Deno.consoleSize();
    const lines = barLines(this.#ids, this.#progress, columns, Math.max(1, rows - FREE_ROWS));
    this.erase();
    this.#err.write(lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** Prints lines above the bars. */
  print(text: string): void {
    this.erase();
    this.#err.write(text);
  }

  /** Takes the bars off the screen, until one is shown again. */
  erase(): void {
    if (this.#drawn > 0) this.#err.write(`\x1b[${this.#drawn}A\r\x1b[J`);
    this.#drawn = 0;
  }

  /** The same, for good. */
  [Symbol.dispose](): void {
    this.erase();
    this.#drawnAt = Infinity;
  }
}

/** Returns the bars of the targets that have begun: as many as there are rows. */
export function barLines(
  ids: readonly string[],
  progress: ReadonlyMap<string, SyncProgress>,
  columns: number,
  rows: number,
): string[] {
  const begun = ids.filter((id) => progress.has(id));
  // Those that are done make room for the others.
  const byNeed = begun.length > rows
    ? begun.toSorted((a, b) => Number(isDone(progress.get(a))) - Number(isDone(progress.get(b))))
    : begun;
  const shown = byNeed.slice(0, begun.length > rows ? rows - 1 : rows);
  const width = Math.max(...shown.map((id) => id.length));
  const lines = shown.map((id) => `${escapeControls(id).padEnd(width)} ${bar(progress.get(id))}`);
  const left = begun.length - shown.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].map((line) =>
    line.slice(0, columns)
  );
}

function isDone(progress: SyncProgress | undefined): boolean {
  return progress !== undefined && !progress.scanning && progress.files === progress.filesTotal;
}

function bar(progress: SyncProgress | undefined): string {
  if (progress === undefined) return "";
  const { files, filesTotal, bytes, bytesTotal, scanning } = progress;
  // Empty files count as well: they are work, too.
  const share = filesTotal === 0
    ? Number(!scanning)
    : bytesTotal === 0
    ? files / filesTotal
    : bytes / bytesTotal;
  const filled = Math.round(Math.min(1, share) * BAR_COLUMNS);
  const more = scanning ? "+" : "";
  return `[${"#".repeat(filled).padEnd(BAR_COLUMNS, "-")}] ${
    `${Math.floor(share * 100)}`.padStart(3)
  }% ` +
    `${files}/${filesTotal}${more} files, ${bytesText(bytes)}/${bytesText(bytesTotal)}${more}`;
}
