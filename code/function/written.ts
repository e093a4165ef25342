/**
 * Finds where a function was written, by its syntax tree. Unlike V8's inspector this answers at once,
 * and needs no permission but to read the file.
 *
 * @module
 */

import type { AnyNode, Function as FunctionNode } from "acorn";
import { nodesOf } from "../ast.ts";
import type { SourceLocation } from "../code.ts";
import { findImportConfig, type ImportConfig, pathOf, resolveImport } from "../module/config.ts";
import { locationOf, plainScript, type Script } from "../module/script.ts";

/** Returns the location of a node of a function in the file of the user. */
export type WrittenAt = (node: AnyNode) => SourceLocation | undefined;

/** Files that are searched at most: those on the stack, and what they import. */
const MAX_FILES = 64;

/**
 * Finds a function in the files on a stack and those that they import. Returns `undefined` if it is in
 * none of them, or this process may not read them.
 *
 * @param fn The function, parsed from its text.
 * @param stack The stack of the call that it was given to.
 */
export function findWritten(fn: FunctionNode, stack: string): WrittenAt | undefined {
  const frames = stack.matchAll(/(file:\/\/\S+?):(\d+):(\d+)\)?$/gm)
    .map(([, url, line, column]) => ({ url, line: Number(line), column: Number(column) }))
    .toArray();
  const urls = new Set(frames.map(({ url }) => url));
  for (const url of urls) {
    if (urls.size > MAX_FILES) break;
    const script = readScript(url);
    if (script === undefined) continue;
    const call = frames.find((frame) => frame.url === url);
    const pairs = nearest(functionsLike(fn, script), script, url, call);
    if (pairs !== undefined) {
      return (node) => {
        const written = pairs.get(node);
        return written && locationOf(script, url, written.start);
      };
    }
    const { imports } = configFor(url);
    for (const { specifier } of script.record.requests) {
      const target = resolveImport(specifier, url, imports);
      if (target?.startsWith("file:")) urls.add(target);
    }
  }
  return undefined;
}

function configFor(url: string): ImportConfig {
  return findImportConfig(pathOf(url).replace(/[^/]*$/, ""));
}

/** Returns `undefined` for a file that cannot be read, or is not understood. */
function readScript(url: string): Script | undefined {
  try {
    const path = pathOf(url);
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
    return plainScript(url, Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}

type Pairs = ReadonlyMap<AnyNode, AnyNode>;

/** Returns, for each function of a script with the same syntax, its nodes by those of `fn`. */
function functionsLike(fn: FunctionNode, { record: { program } }: Script): Pairs[] {
  return nodesOf(program as AnyNode).flatMap((node) => {
    const pairs = new Map<AnyNode, AnyNode>();
    // A declared function was parsed as an expression.
    const root = node.type === "FunctionDeclaration" ? { ...node, type: fn.type } : node;
    return isSame(fn, root, pairs) ? [pairs] : [];
  });
}

/** Chooses the first function behind the call, as it is mostly written there. */
function nearest(
  found: readonly Pairs[],
  script: Script,
  url: string,
  call: { line: number; column: number } | undefined,
): Pairs | undefined {
  if (call === undefined) return found[0];
  return found.find((pairs) => {
    const [[, root]] = pairs;
    const { line, column } = locationOf(script, url, root.start);
    return line > call.line || (line === call.line && column >= call.column);
  }) ?? found.at(-1);
}

/** Keys that say how something is written. */
const OF_TEXT = ["start", "end", "loc", "range", "raw", "directive", "shorthand"];

/** Compares two trees, and pairs their nodes. */
function isSame(a: unknown, b: unknown, pairs: Map<AnyNode, AnyNode>): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a, b].map((list) => list.filter((each) => !isEmpty(each)));
    return left.length === right.length &&
      left.every((each, i) => isSame(each, right[i], pairs));
  }
  if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) || (!a && !b && typeof a !== "string" && typeof a !== "number");
  }
  if ("type" in a && "type" in b) {
    if (a.type !== b.type) return false;
    pairs.set(a as AnyNode, b as AnyNode);
  }
  const entries = Object.entries(a).filter(([key]) => !OF_TEXT.includes(key));
  return entries.every(([key, value]) => isSame(value, Reflect.get(b, key), pairs));
}

function isEmpty(node: unknown): boolean {
  return typeof node === "object" && node !== null && "type" in node &&
    node.type === "EmptyStatement";
}
