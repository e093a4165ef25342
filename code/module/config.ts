/**
 * The configuration that names imports: the `deno.json` nearest to a module.
 *
 * @module
 */

import { type Expression, parseExpressionAt } from "acorn";

/** What decides how the imports of a graph resolve. */
export interface ImportConfig {
  /** Files that Deno reads for it, all of one folder: their paths and texts. */
  files: ReadonlyMap<string, string>;
  /** The folder; nothing where no configuration was found. */
  folder: string | undefined;
  /** Names, and prefixes that end with a slash, with what they stand for. */
  imports: Readonly<Record<string, string>>;
  /** Whether `imports` is all that there is to it: no workspace, scopes or other files. */
  isWhole: boolean;
}

const CONFIG_NAMES = ["deno.json", "deno.jsonc"];
const COMPANIONS = ["deno.lock", "package.json"];
/** What would need more than one folder to be read. */
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

/** Resolves a name without a scheme; nothing where the configuration has none such. */
export function resolveName(name: string, { folder, imports }: ImportConfig): string | undefined {
  const key = Object.keys(imports)
    .filter((key) => key === name || (key.endsWith("/") && name.startsWith(key)))
    .sort((a, b) => b.length - a.length)[0];
  if (key === undefined || folder === undefined) return undefined;
  const target = imports[key] + name.slice(key.length);
  return isPath(target) ? new URL(target, fileUrl(folder)).href : target;
}

/** Whether a specifier is a path. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier);
}

/** The URL of an absolute path. */
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
    // A parent that may not be read has nothing for us; the module's own folder was read before.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
      return false;
    }
    throw error;
  }
}

/** JSON with comments, as Deno takes it; a broken one is left for Deno to refuse. */
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
