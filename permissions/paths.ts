/**
 * Relates the paths of permission lists.
 *
 * @module
 */

import type { Relation } from "./relation.ts";

/** Relates two paths; a path grants itself and everything below it. */
export function pathRelation(entry: string, other: string, cwd?: string): Relation {
  const [a, b] = [resolve(entry, cwd), resolve(other, cwd)];
  if (a.isAbsolute !== b.isAbsolute || a.up !== b.up) return "unclear";
  if (startsWith(a.names, b.names)) return a.names.length === b.names.length ? "equal" : "within";
  if (startsWith(b.names, a.names)) return "around";
  const [foldedA, foldedB] = [a.names.map(fold), b.names.map(fold)];
  const alike = startsWith(foldedA, foldedB) || startsWith(foldedB, foldedA);
  return alike ? "unclear" : "apart";
}

interface ResolvedPath {
  isAbsolute: boolean;
  /** How many directories it climbs above the directory of relative paths. */
  up: number;
  names: string[];
}

/** Resolves `.` and `..` by the text alone, as Deno does. */
function resolve(path: string, cwd: string | undefined): ResolvedPath {
  const text = path.startsWith("/") || cwd === undefined ? path : `${cwd}/${path}`;
  const resolved: ResolvedPath = { isAbsolute: text.startsWith("/"), up: 0, names: [] };
  for (const name of text.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") resolved.names.push(name);
    else if (resolved.names.pop() === undefined && !resolved.isAbsolute) resolved.up++;
  }
  return resolved;
}

function startsWith(names: readonly string[], start: readonly string[]): boolean {
  return start.every((name, i) => name === names[i]);
}

/** Makes names equal that macOS considers equal. */

function fold(name: string): string {
  return name.normalize("NFKD").toUpperCase().toLowerCase();
}
