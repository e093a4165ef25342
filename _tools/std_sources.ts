/**
 * Reads std packages from npm's `deno-std` or from a checkout of std.
 */
import { listFiles } from "./files.ts";
import { leaveOutBroken } from "./std_broken.ts";
import { declare } from "./std_types.ts";

export interface StdPackage {
  /**
   * The folder among the sources, such as `media_types`, which relative imports between packages
   * use.
   */
  readonly folder: string;
  /** The name in the scope, such as `media-types`. */
  readonly name: string;
  readonly version: string;
  /** Export names (`.`, `./text-line-stream`) to files (`./text_line_stream.js`). */
  readonly exports: Record<string, string>;
  readonly files: Files;
}

export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** npm's `deno-std`: a folder for each package, only .js, no lists of exports. */
export async function readNpmPackage(
  directory: URL,
  version: string,
): Promise<StdPackage[]> {
  const packages: StdPackage[] = [];
  for (const folder of await listFolders(directory)) {
    const base = new URL(`${folder}/`, directory);
    const paths = await listFiles(base, (path) => path.endsWith(".js"));
    const scripts = leaveOutBroken(await readTexts(base, paths));
    packages.push({
      folder,
      name: folder.replaceAll("_", "-"),
      version,
      exports: Object.fromEntries(
        [...scripts.keys()].map((path) => [exportName(path), `./${path}`]),
      ),
      files: withTypes(folder, scripts),
    });
  }
  return packages;
}

function withTypes(
  folder: string,
  scripts: ReadonlyMap<string, string>,
): Files {
  const encoder = new TextEncoder();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [path, source] of scripts) {
    const types = path.replace(/\.js$/, ".d.ts");
    const own = `/* @ts-self-types="./${types.split("/").at(-1)}" */ ${source}`;
    files.set(path, encoder.encode(own));
    files.set(types, encoder.encode(declare(`${folder}/${path}`, source)));
  }
  return files;
}

/** A checkout of std: a workspace with a `deno.json` in each package. */
export async function readWorkspace(directory: URL): Promise<StdPackage[]> {
  const packages: StdPackage[] = [];
  for (const folder of await listFolders(directory)) {
    const base = new URL(`${folder}/`, directory);
    const config = await readPackageConfig(base);
    if (!config) continue;
    const paths = await listFiles(
      base,
      (path) => !/_test\.ts$|(^|\/)testdata\//.test(path),
    );
    packages.push({
      folder,
      name: config.name.replace("@std/", ""),
      version: config.version,
      exports: typeof config.exports === "string" ? { ".": config.exports } : config.exports,
      files: await readFiles(base, paths),
    });
  }
  return packages;
}

/** Names an export as std does: after its file, with dashes, and without `mod`. */
export function exportName(path: string): string {
  const stem = path.replace(/\.[jt]s$/, "").replace(/(^|\/)mod$/, "");
  // A leading underscore marks an internal file, which other packages of std may import.
  const dashed = stem.replace(/(?<=[^/])_/g, "-");
  return dashed === "" ? "." : `./${dashed}`;
}

interface PackageConfig {
  readonly name: string;
  readonly version: string;
  readonly exports: string | Record<string, string>;
}

async function readPackageConfig(
  base: URL,
): Promise<PackageConfig | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL("deno.json", base)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function listFolders(directory: URL): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(directory));
  return names
    .filter((entry) => entry.isDirectory && /^[a-z]/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

async function readFiles(
  base: URL,
  paths: string[],
): Promise<Files> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of paths) {
    files.set(path, await Deno.readFile(new URL(path, base)));
  }
  return files;
}

async function readTexts(
  base: URL,
  paths: string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    texts.set(path, await Deno.readTextFile(new URL(path, base)));
  }
  return texts;
}
