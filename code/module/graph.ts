/**
 * Reads the graph of a module: the files that it brings, and what each of them imports.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { findImportConfig, type ImportConfig, NO_CONFIG, pathOf, resolveImport } from "./config.ts";
import { locationOf, plainScript, type Script, shownLocation } from "./script.ts";
import { canTranspile } from "./transpile.ts";

/** A module with everything that it imports. */
export interface ModuleGraph {
  entry: URL;
  /** The files by key. The key of the entry is its URL. */
  modules: ReadonlyMap<string, GraphModule>;
  /** What was read, by URL. */
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  config: ImportConfig;
  /** What only Deno can resolve or read; `undefined` if there is nothing. */
  unknown: string | undefined;
}

/** A file of a graph: a script, or what is imported as JSON, text or bytes. */
export type GraphModule = ScriptModule | DataModule;

/** A script of a graph. */
export interface ScriptModule {
  kind: "script";
  url: string;
  script: Script;
  /** What each request of the script is. */
  targets: readonly Target[];
}

/** A file whose content is the default export. */
export interface DataModule {
  kind: "json" | "text" | "bytes";
  url: string;
  bytes: Uint8Array;
}

/** A file of the graph. */
export interface FileTarget {
  kind: "file";
  key: string;
  url: string;
  as: GraphModule["kind"];
}

/** A module that is no file of the graph: one that each gateway has, or one of a registry. */
export interface OtherTarget {
  kind: "builtin" | "package";
  specifier: string;
  attributes: Readonly<Record<string, string>>;
}

/** What a request is. */
export type Target = FileTarget | OtherTarget;

/** What reading a graph waits for: the bytes of a URL, or the script that Deno makes of it. */
export interface GraphNeed {
  kind: "bytes" | "script";
  url: URL;
  /** What the bytes are for. */
  as: GraphModule["kind"];
  /** The folder of the configuration, if there is one. */
  folder: string | undefined;
}

/** Returns what tells a target from others: the key of a file, for example. */
export function targetKey(target: Target): string {
  if (target.kind === "file") return target.key;
  const { kind, specifier, attributes } = target;
  return `${kind} ${specifier} ${JSON.stringify(attributes)}`;
}

const BUILTIN = /^(node|data|blob):/;
/** `.cjs` and `.cts` are left to Deno. */
const SCRIPT = /\.(m?[jt]s|[jt]sx)$/;
const decoder = new TextDecoder();

/**
 * Reads a graph. It yields what it needs, and is given a `Uint8Array` or a {@linkcode Script}.
 *
 * @throws {ModuleError} if an import is not known, and what its caller throws into it.
 */
export function* readGraph(entry: URL): Generator<GraphNeed, ModuleGraph, unknown> {
  const config = entry.protocol === "file:"
    ? findImportConfig(pathOf(entry).replace(/[^/]*$/, ""))
    : NO_CONFIG;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const modules = new Map<string, GraphModule>();
  let unknown: string | undefined;
  const first: FileTarget = { kind: "file", key: entry.href, url: entry.href, as: "script" };
  const waiting: { target: FileTarget; from?: () => string }[] = [{ target: first }];
  const seen = new Set([first.key]);
  for (const { target: { key, url, as }, from } of waiting) {
    const need = { url: new URL(url), as, folder: config.folder };
    const bytes = files.get(url) ?? (yield* bytesOf(need, from));
    files.set(url, bytes);
    if (as !== "script") {
      modules.set(key, { kind: as, url, bytes });
      continue;
    }
    const script = yield* scriptOf(need, decoder.decode(bytes), config);
    if (script === undefined) {
      unknown ??= `${url}, ${strangeness(need.url)}`;
      continue;
    }
    const resolved = resolve(script, url, entry, config);
    unknown ??= resolved.unknown;
    modules.set(key, { kind: "script", url, script, targets: resolved.targets });
    for (const [i, target] of resolved.targets.entries()) {
      if (target.kind !== "file" || seen.has(target.key)) continue;
      seen.add(target.key);
      waiting.push({ target, from: () => placeOf(script, url, i) });
    }
  }
  return { entry, modules, files, config, unknown };
}

/** Returns where a request is, as `file:line:column`. */
function placeOf(script: Script, url: string, request: number): string {
  return shownLocation(locationOf(script, url, script.record.requests[request].start));
}

interface ResolvedScript {
  /** The maps and the origin that it was resolved by. */
  by: readonly [imports: ImportConfig["imports"], origin: string];
  targets: readonly Target[];
  unknown: string | undefined;
}

const resolvedScripts = new WeakMap<Script, ResolvedScript>();

/** Resolves the requests of a script. What is the same as the last time is not resolved again. */
function resolve(
  script: Script,
  url: string,
  { origin }: URL,
  { imports, isWhole }: ImportConfig,
): ResolvedScript {
  const seen = resolvedScripts.get(script);
  if (seen !== undefined && seen.by[0] === imports && seen.by[1] === origin) return seen;
  let unknown: string | undefined;
  const targets = script.record.requests.map(({ specifier, attributes }, i): Target => {
    const name = resolveImport(specifier, url, imports);
    if (name === undefined && isWhole) {
      throw new ModuleError(
        `"${specifier}" at ${
          placeOf(script, url, i)
        } is neither a path nor a name of the nearest ` +
          "deno.json; write npm:, jsr: or node: in front of what is no file",
      );
    }
    const target = name === undefined ? undefined : targetOf(name, attributes, origin);
    if (target === undefined) unknown ??= `"${specifier}" at ${placeOf(script, url, i)}`;
    return target ?? { kind: "builtin", specifier, attributes };
  });
  const resolved = { by: [imports, origin] as const, targets, unknown };
  resolvedScripts.set(script, resolved);
  return resolved;
}

function* bytesOf(
  need: Omit<GraphNeed, "kind">,
  from: (() => string) | undefined,
): Generator<GraphNeed, Uint8Array<ArrayBuffer>, unknown> {
  try {
    return (yield { ...need, kind: "bytes" }) as Uint8Array<ArrayBuffer>;
  } catch (error) {
    if (from !== undefined && error instanceof Error) error.message += `, imported at ${from()}`;
    throw error;
  }
}

function* scriptOf(
  need: Omit<GraphNeed, "kind">,
  text: string,
  config: ImportConfig,
): Generator<GraphNeed, Script | undefined, unknown> {
  const { protocol, pathname, href } = need.url;
  if (!SCRIPT.test(pathname)) return undefined;
  const key = [href, ...config.files.values(), text].join(" ");
  const script = transpiled.get(key) ?? plainScript(href, text);
  if (script !== undefined || !canTranspile || protocol !== "file:") return script;
  const made = (yield { ...need, kind: "script" }) as Script;
  if (transpiled.size >= MAX_TRANSPILED) transpiled.clear();
  transpiled.set(key, made);
  return made;
}

const MAX_TRANSPILED = 1_000;
const transpiled = new Map<string, Script>();

function strangeness({ pathname }: URL): string {
  return SCRIPT.test(pathname)
    ? `which Deno ${Deno.version.deno} cannot translate alone; Deno 2.8 and later can`
    : "which is no ECMAScript module by its name";
}

/** Returns `undefined` for a file of a type that only Deno knows. */
function targetOf(
  url: string,
  attributes: Readonly<Record<string, string>>,
  entryOrigin: string,
): Target | undefined {
  if (BUILTIN.test(url)) return { kind: "builtin", specifier: url, attributes };
  if (!URL.canParse(url)) return undefined;
  const { protocol, origin, pathname } = new URL(url);
  // The origin of files, and of other schemes without a host, is "null".
  const isFile = protocol === "file:" || (origin !== "null" && origin === entryOrigin);
  if (!isFile) return { kind: "package", specifier: url, attributes };
  const type = attributes.type ?? (pathname.endsWith(".json") ? "json" : undefined);
  switch (type) {
    case undefined:
      return { kind: "file", key: url, url, as: "script" };
    case "json":
    case "text":
    case "bytes":
      return { kind: "file", key: `${type} ${url}`, url, as: type };
    default:
      return undefined;
  }
}
