/**
 * Tables of plain text.
 *
 * @module
 */

/** Returns rows as lines, whose columns stand below each other. */
export function columnsOf(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `${row.map((cell, at) => cell.padEnd(widths[at])).join("  ").trimEnd()}\n`
  ).join("");
}
