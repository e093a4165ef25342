/** Where a parser's error is, as `line:column` from 1; empty where it does not say. */
export function positionOf(error: unknown): string {
  const place = (error as { loc?: { line: number; column: number } }).loc;
  return place === undefined ? "" : `${place.line}:${place.column + 1}`;
}
