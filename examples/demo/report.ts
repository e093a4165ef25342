/** What the demo says at its end. */
import type { Summary } from "./summarize.ts";
import type { TreeError } from "./tree.ts";

/** A file that was read. */
export interface FileReport extends Summary {
  path: string;
  gateway: string;
}

/** All that was found out. */
export interface Report {
  dir: string;
  seconds: number;
  /** Ids of those that were started. */
  gateways: string[];
  files: FileReport[];
  errors: TreeError[];
}

const SLOWEST = 5;

/** The report as JSON text; paths are relative to `dir`. */
export function toJson({ dir, seconds, gateways, files, errors }: Report): string {
  const sorted = files.toSorted((a, b) => a.path < b.path ? -1 : 1);
  return JSON.stringify(
    {
      dir,
      total: { ...sums(files), errors: errors.length, seconds },
      gateways: gateways.map((id) => ({ id, ...sums(files, id) })),
      files: sorted.map(({ path, sha256, lines, bytes }) => ({ path, sha256, lines, bytes })),
      errors,
    },
    undefined,
    2,
  );
}

/** The report for people. */
export function toText({ dir, seconds, gateways, files, errors }: Report): string {
  const total = sums(files);
  const rows = [
    ...gateways.map((id) => ({ id, ...sums(files, id) })),
    { id: "total", ...total },
  ].map(({ id, files, bytes }) => [
    id,
    grouped(files),
    grouped(bytes),
    (seconds > 0 ? bytes / 1e6 / seconds : 0).toFixed(1),
  ]);
  const slowest = files.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, SLOWEST);
  return [
    ...table([["gateway", "files", "bytes", "MB/s"], ...rows]),
    "",
    `${grouped(total.lines)} lines in ${grouped(total.files)} files of ${printable(dir)}, ` +
    `read in ${seconds.toFixed(2)} s`,
    ...section(
      `slowest ${slowest.length === 1 ? "file" : `${slowest.length} files`}`,
      slowest.map(({ path, milliseconds, bytes, gateway }) =>
        `${milliseconds.toFixed(1).padStart(9)} ms  ${gateway}  ${printable(path)} ` +
        `(${grouped(bytes)} bytes)`
      ),
    ),
    ...section(
      `${grouped(errors.length)} could not be read`,
      errors.map(({ path, error }) => `  ${printable(path)}: ${printable(error)}`),
    ),
  ].join("\n");
}

/** Of all files, or of those that one gateway read. */
function sums(all: readonly FileReport[], gateway?: string) {
  const total = { files: 0, lines: 0, bytes: 0 };
  for (const file of all) {
    if (gateway !== undefined && file.gateway !== gateway) continue;
    total.files++;
    total.lines += file.lines;
    total.bytes += file.bytes;
  }
  return total;
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ")
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** A file's name may hold anything, line ends and terminal commands too. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what it is about
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (control) => {
    return `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
