/**
 * Prepares modules to be sent.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { SENT } from "../../protocol/control.ts";
import { SHELL } from "../../internal/shell.ts";
import type { Code, Locate } from "../code.ts";
import { behind, withoutTypes } from "../source.ts";
import { bundle } from "./bundle.ts";
import { type ModuleGraph, readModuleGraph } from "./graph.ts";
import { moduleText } from "./text.ts";

/** Schemes of modules that the remote imports by itself. */
const REMOTE_SCHEMES = ["https:", "http:", "jsr:", "npm:", "node:", "data:"];

interface Built {
  text: string;
  locate: Locate;
}

interface CachedModule {
  graph: ModuleGraph;
  /** A promise while `deno bundle` runs. */
  built: Built | Promise<Built>;
}

const CACHED_MODULES = 256;
const cache = new Map<string, CachedModule>();

/**
 * Prepares a module to be sent. Its local files are read before this returns. If `deno bundle` is
 * needed, it runs afterwards.
 *
 * @throws {TypeError} if modules cannot have a URL of that scheme.
 */
export function moduleCode(url: URL): Pick<Code, "kind" | "text" | "position" | "locate"> {
  if (url.protocol === "file:") return { kind: "module", position: "", ...localModule(url) };
  if (!REMOTE_SCHEMES.includes(url.protocol)) {
    throw new TypeError(
      `remoteExec takes modules of file:, ${REMOTE_SCHEMES.join(", ")}; not ${url.protocol}`,
    );
  }
  const text = `${BIND_GLOBALS}return (await import(${JSON.stringify(url.href)})).default;`;
  return { kind: "module", text, position: "" };
}

/**
 * Binds `channel` and `args` for a module that the gateway imports, which is in no scope of the
 * execution. They are globals there, but each execution sees its own values, and other code none.
 */
const BIND_GLOBALS = `
const key = Symbol.for(${JSON.stringify(SENT)});
let sent = globalThis[key];
if (sent === undefined) {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  sent = new AsyncLocalStorage();
  Object.defineProperty(globalThis, key, { value: sent });
  for (const name of ["channel", "args"]) {
    if (Object.hasOwn(globalThis, name)) continue;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => sent.getStore()?.[name],
      set: (value) =>
        Object.defineProperty(globalThis, name, {
          value, writable: true, enumerable: true, configurable: true,
        }),
    });
  }
}
sent.enterWith({ channel, args });
`;

function localModule(url: URL): Pick<Code, "text" | "locate"> {
  const entry = new URL(url.pathname, "file:");
  const built = attempt(entry, () => builtModule(entry));
  if (!(built instanceof Promise)) return { text: built.text, locate: () => built.locate };
  const text = built.then(({ text }) => text);
  text.catch(() => {}); // the channel reports it, if one is made
  return { text, locate: () => built.then(({ locate }) => locate, () => undefined) };
}

/** Calls `build`. If that fails, returns a promise that rejects with a {@linkcode ModuleError}. */
function attempt(entry: URL, build: () => Built | Promise<Built>): Built | Promise<Built> {
  const refuse = (error: unknown) => Promise.reject(moduleError(entry, error));
  try {
    const built = build();
    return built instanceof Promise ? built.catch(refuse) : built;
  } catch (error) {
    return refuse(error);
  }
}

function builtModule(entry: URL): Built | Promise<Built> {
  const graph = readModuleGraph(entry);
  const cached = cache.get(entry.href);
  if (cached !== undefined && isSame(cached.graph, graph)) return cached.built;
  const built = graph.needsBundle ? bundled(graph) : alone(graph);
  // Without all of its files it cannot be known whether it has changed.
  if (!graph.isWhole) return built;
  if (cache.size >= CACHED_MODULES) cache.clear();
  const made: CachedModule = { graph, built };
  cache.set(entry.href, made);
  if (built instanceof Promise) {
    built.then((ready) => made.built = ready, () => {
      if (cache.get(entry.href) === made) cache.delete(entry.href);
    });
  }
  return built;
}

/** Builds a module that needs no bundler. */
function alone({ entry, files }: ModuleGraph): Built {
  const script = withoutTypes(new TextDecoder().decode(files.get(entry.href)));
  if (script.position !== "") throw new SyntaxError(`not valid at ${script.position}`);
  const { text, prelude } = moduleText(script.text, () => entry.href);
  const locate: Locate = (line, column) => {
    const found = script.original(line, column);
    return found && { ...found, file: entry.href };
  };
  return { text, locate: behind(prelude, locate) };
}

async function bundled(graph: ModuleGraph): Promise<Built> {
  const script = await bundle(graph);
  const urlAt = (line: number, column: number) =>
    script.original(line, column)?.file ?? graph.entry.href;
  const { text, prelude } = moduleText(script.text, urlAt);
  return { text, locate: behind(prelude, script.original) };
}

function isSame(a: ModuleGraph, b: ModuleGraph): boolean {
  return a.files.size === b.files.size && a.config.files.size === b.config.files.size &&
    a.files.entries().every(([url, bytes]) => areSame(bytes, b.files.get(url))) &&
    a.config.files.entries().every(([path, text]) => b.config.files.get(path) === text);
}

function areSame(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function moduleError(entry: URL, cause: unknown): ModuleError {
  if (cause instanceof ModuleError) return cause;
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const advice = cause instanceof Deno.errors.NotCapable
    ? `; this process needs --allow-read of the module's files, and if it imports any, ` +
      `--allow-write of the temporary directory and --allow-run=${SHELL} for deno bundle`
    : "";
  return new ModuleError(`cannot send module ${entry}: ${why}${advice}`, { cause });
}
