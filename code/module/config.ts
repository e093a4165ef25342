/**
 * The configuration that maps import names: the `deno.json` nearest to a module.
 *
 * @module
 */

import { denoConfigs, parentsOf, parseConfig, readIfThere } from "../../internal/deno_config.ts";

/** How the imports of a graph resolve. */
export interface ImportConfig {
  /** The files of one folder that Deno reads for it: their texts by path. */
  files: ReadonlyMap<string, string>;
  /** The folder, or `undefined` if no configuration was found. */
  folder: string | undefined;
  /** How names resolve, first those of a scope. */
  imports: readonly ScopedImports[];
  /** Whether `imports` has all names: there is no workspace and no `package.json`. */
  isWhole: boolean;
}

/** Targets of names, and of prefixes that end with a slash, for modules whose URL begins with `scope`. */
export interface ScopedImports {
  scope: string;
  targets: ReadonlyMap<string, string>;
}

/** No configuration. */
export const NO_CONFIG: ImportConfig = {
  files: new Map(),
  folder: undefined,
  imports: [],
  isWhole: true,
};

const COMPANIONS = ["deno.lock", "package.json"];
/** Keys by which other folders give names. */
const WIDER_KEYS = ["workspace", "links", "patch"];

const MAX_KNOWN = 256;
const known = new Map<string, ImportConfig>();

/** Finds the configuration for a module in `folder`. As long as it does not change, it is the same. */
export function findImportConfig(folder: string): ImportConfig {
  const config = readImportConfig(folder);
  const before = known.get(folder);
  if (before !== undefined && isSame(before, config)) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(folder, config);
  return config;
}

function isSame(a: ImportConfig, b: ImportConfig): boolean {
  return a.isWhole === b.isWhole && a.files.size === b.files.size &&
    a.files.entries().every(([path, text]) => b.files.get(path) === text);
}

function readImportConfig(folder: string): ImportConfig {
  const [nearest, ...outer] = denoConfigs(folder);
  const hasPackages = parentsOf(folder).some((parent) => isThere(`${parent}package.json`));
  const isWhole = !hasPackages &&
    WIDER_KEYS.every((key) => nearest?.values[key] === undefined) &&
    outer.every(({ values }) => values.workspace === undefined);
  if (nearest === undefined) return { ...NO_CONFIG, isWhole };
  const { path, text, values } = nearest;
  const files = new Map([[path, text]]);
  const imports = importsOf(values, path, files);
  for (const name of COMPANIONS) read(`${nearest.folder}${name}`, files);
  return { files, folder: nearest.folder, imports, isWhole };
}

/** Returns the import map in a configuration, or in the file that it names. */
function importsOf(
  config: Readonly<Record<string, unknown>>,
  path: string,
  files: Map<string, string>,
): ScopedImports[] {
  let [map, base] = [config, fileUrl(path)];
  if (typeof config.importMap === "string" && config.imports === undefined) {
    base = new URL(config.importMap, base);
    if (base.protocol !== "file:" || !read(pathOf(base), files)) return [];
    map = parseConfig(files.get(pathOf(base)) ?? "");
  }
  const scopes = typeof map.scopes === "object" && map.scopes !== null ? map.scopes : {};
  return [
    ...Object.entries(scopes)
      .map(([scope, targets]) => ({
        scope: normalized(scope, base),
        targets: targetsOf(targets, base),
      }))
      .sort((a, b) => b.scope.length - a.scope.length),
    { scope: "", targets: targetsOf(map.imports, base) },
  ];
}

function targetsOf(value: unknown, base: URL): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const [key, target] of Object.entries(typeof value === "object" && value ? value : {})) {
    if (typeof target !== "string") continue;
    targets.set(normalized(key, base), normalized(target, base));
    // Deno has the paths within a package for each name of one.
    const [, scheme, name] = /^(npm|jsr):\/?(.*[^/])$/.exec(target) ?? [];
    if (scheme !== undefined && !key.endsWith("/")) {
      targets.set(`${key}/`, targets.get(`${key}/`) ?? `${scheme}:/${name}/`);
    }
  }
  return targets;
}

function normalized(specifier: string, base: URL): string {
  return isPath(specifier) ? new URL(specifier, base).href : specifier;
}

/** Resolves a specifier of a module, or returns `undefined` if the configuration does not know it. */
export function resolveImport(
  specifier: string,
  referrer: string,
  imports: readonly ScopedImports[],
): string | undefined {
  const name = isPath(specifier) ? new URL(specifier, referrer).href : specifier;
  for (const { scope, targets } of imports) {
    if (!referrer.startsWith(scope)) continue;
    const key = targets.keys()
      .filter((key) => key === name || (key.endsWith("/") && name.startsWith(key)))
      .reduce((best, key) => key.length > best.length ? key : best, "");
    if (key !== "") return targets.get(key) + name.slice(key.length);
  }
  return URL.canParse(name) ? name : undefined;
}

/** Returns whether a specifier is a path. */
export function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier);
}

/** Returns the path of a file URL. */
export function pathOf(url: URL | string): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** Returns the URL of an absolute path. */
export function fileUrl(path: string): URL {
  return new URL(`file://${encodeURI(path).replaceAll(/[?#]/g, encodeURIComponent)}`);
}

function isThere(path: string): boolean {
  return readIfThere(path) !== undefined;
}

/** Returns whether it could be read. */
function read(path: string, into: Map<string, string>): boolean {
  const text = readIfThere(path);
  if (text !== undefined) into.set(path, text);
  return text !== undefined;
}
