/**
 * The configuration that maps import names: the `deno.json` nearest to a module.
 *
 * @module
 */

import { type Expression, parseExpressionAt } from "acorn";

/** How the imports of a graph resolve. */
export interface ImportConfig {
  /** The files of one folder that Deno reads for it: their texts by path. */
  files: ReadonlyMap<string, string>;
  /** The folder, or `undefined` if no configuration was found. */
  folder: string | undefined;
  /** The targets of names, and of prefixes that end with a slash. */
  imports: Readonly<Record<string, string>>;
  /** Whether `imports` is complete: there are no workspaces, scopes or other files. */
  isWhole: boolean;
}

const CONFIG_NAMES = ["deno.json", "deno.jsonc"];
const COMPANIONS = ["deno.lock", "package.json"];
/** Keys that would need more than one folder to be read. */
const WIDER_KEYS = ["workspace", "links", "patch", "importMap", "scopes"];

/** Finds the configuration for a module in `folder`. */
export function findImportConfig(folder: string): ImportConfig {
  const files = new Map<string, string>();
  let found: string | undefined;
  let imports: Record<string, string> = {};
  let isWhole = true;
  for (const parent of parentsOf(folder)) {
    const path = CONFIG_NAMES.map((name) => `${parent}${name}`).find((path) => read(path, files));
    if (path === undefined) continue;
    const config = parseConfig(files.get(path) ?? "");
    if (found === undefined) {
      found = parent;
      imports = stringsOf(config.imports);
      isWhole = WIDER_KEYS.every((key) => config[key] === undefined);
      for (const name of COMPANIONS) read(`${parent}${name}`, files);
    } else {
      files.delete(path);
      if (config.workspace !== undefined) isWhole = false;
    }
  }
  return { files, folder: found, imports, isWhole };
}

/** Resolves a name without a scheme, or returns `undefined` if the configuration does not have it. */
export function resolveName(name: string, { folder, imports }: ImportConfig): string | undefined {
  const key = Object.keys(imports)
    .filter((key) => key === name || (key.endsWith("/") && name.startsWith(key)))
    .sort((a, b) => b.length - a.length)[0];
  if (key === undefined || folder === undefined) return undefined;
  const target = imports[key] + name.slice(key.length);
  return isPath(target) ? new URL(target, fileUrl(folder)).href : target;
}

/** Returns whether a specifier is a path. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier);
}

/** Returns the URL of an absolute path. */
export function fileUrl(path: string): URL {
  return new URL(`file://${encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent)}`);
}

function* parentsOf(folder: string): Generator<string> {
  for (let at = folder; at !== ""; at = at.replace(/[^/]*\/$/, "")) yield at;
}

function read(path: string, into: Map<string, string>): boolean {
  try {
    into.set(path, Deno.readTextFileSync(path));
    return true;
  } catch (error) {
    // A parent folder that may not be read is skipped; the module's own folder has been read.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}

/** Parses JSON with comments, as Deno does. Deno itself will refuse a file that is malformed. */

function parseConfig(text: string): Record<string, unknown> {
  try {
    const value = valueOf(parseExpressionAt(text, 0, { ecmaVersion: "latest" }));
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function valueOf(node: Expression): unknown {
  switch (node.type) {
    case "Literal":
      return node.value;
    case "ArrayExpression":
      return node.elements.map((element) =>
        element === null || element.type === "SpreadElement" ? null : valueOf(element)
      );
    case "ObjectExpression":
      return Object.fromEntries(
        node.properties.flatMap((property) =>
          property.type === "Property" && property.key.type === "Literal"
            ? [[String(property.key.value), valueOf(property.value)]]
            : []
        ),
      );
    default:
      return undefined;
  }
}

function stringsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
  return Object.fromEntries(entries.filter(([, target]) => typeof target === "string"));
}
