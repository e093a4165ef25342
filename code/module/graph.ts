/**
 * Reads the local files of a module graph. It reads them at once: they may be gone a moment later.
 *
 * @module
 */

import type { AnyNode } from "acorn";
import { nodesOf } from "../ast.ts";
import { withoutTypes } from "../source.ts";
import { findImportConfig, type ImportConfig, isPath, resolveName } from "./config.ts";
import { parseModule } from "./text.ts";

/** A module with all local files that it imports. */
export interface ModuleGraph {
  entry: URL;
  /** Contents by URL. */
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Whether it imports anything that the remote may lack: all but `node:` and `data:` modules. */
  needsBundle: boolean;
  /**
   * Whether `files` has all local files. It may not if imports resolve by more than one `deno.json`,
   * or a file is of an unknown kind.
   */
  isWhole: boolean;
  config: ImportConfig;
}

const SCRIPT = /\.[cm]?[jt]s$/;
const DATA = /\.(json|jsonc|txt|md|html|css|svg|wasm|bin)$/;
const decoder = new TextDecoder();

/**
 * Reads the graph of a module.
 *
 * @throws {Deno.errors.NotFound} and other errors of `Deno.readFileSync`, if a file cannot be read.
 */
export function readModuleGraph(entry: URL): ModuleGraph {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let needsBundle = false;
  let isWhole = true;
  files.set(entry.href, Deno.readFileSync(entry));
  const config = findImportConfig(pathOf(entry).replace(/[^/]*$/, ""));
  const scripts = [entry.href];
  for (const url of scripts) {
    const imports = importsOf(url, decoder.decode(files.get(url)));
    isWhole &&= imports !== undefined;
    for (const { specifier, isScript } of imports ?? []) {
      if (/^(node|data):/.test(specifier)) continue;
      needsBundle = true;
      const target = resolve(specifier, url, config);
      isWhole &&= target !== undefined;
      if (!target?.startsWith("file:") || files.has(target)) continue;
      files.set(target, Deno.readFileSync(new URL(target)));
      if (isScript && SCRIPT.test(target)) scripts.push(target);
      else if (isScript && !DATA.test(target)) isWhole = false;
    }
  }
  return {
    entry,
    files,
    needsBundle: needsBundle || !SCRIPT.test(entry.pathname),
    isWhole: isWhole && config.isWhole,
    config,
  };
}

/** Returns the path of a file URL. */
export function pathOf(url: URL | string): string {
  return decodeURIComponent(new URL(url).pathname);
}

interface Import {
  specifier: string;
  /** False if its attributes say that it is text, bytes or JSON. */
  isScript: boolean;
}

const known = new Map<string, Import[]>();
const KNOWN_SCRIPTS = 1_000;

/** Returns `undefined` for a file that is not understood here; Deno may still understand it. */
function importsOf(url: string, text: string): Import[] | undefined {
  if (!SCRIPT.test(url)) return undefined;
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  try {
    const made = nodesOf(parseModule(withoutTypes(text).text)).flatMap(importOf);
    if (known.size >= KNOWN_SCRIPTS) known.clear();
    known.set(text, made);
    return made;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function importOf(node: AnyNode): Import[] {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration": {
      if (!node.source) return [];
      return [{ specifier: String(node.source.value), isScript: !node.attributes?.length }];
    }
    case "ImportExpression": {
      const { source, options } = node;
      if (source.type !== "Literal" || typeof source.value !== "string") return [];
      return [{ specifier: source.value, isScript: !options }];
    }
    default:
      return [];
  }
}

/** Returns `undefined` for a name that only Deno can resolve, by a `package.json` or a workspace. */

function resolve(specifier: string, referrer: string, config: ImportConfig): string | undefined {
  if (isPath(specifier)) return new URL(specifier, referrer).href;
  const named = resolveName(specifier, config);
  if (named !== undefined) return named;
  return URL.canParse(specifier) ? specifier : undefined;
}
