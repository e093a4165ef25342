/**
 * Prepares modules to be sent.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { SHELL } from "../../internal/shell.ts";
import { isOlder } from "../../internal/version.ts";
import type { Code } from "../code.ts";
import { bundleInPlace } from "./bundle.ts";
import { bundleText } from "./bundle_text.ts";
import type { ModuleGraph } from "./graph.ts";
import { importingText } from "./imported.ts";
import { link, type Linked } from "./link.ts";
import { bundlePackages, packagesOf } from "./packages.ts";
import { readFileGraph, readNetworkGraph } from "./read.ts";

/** Schemes of modules that the gateway can import by itself. */
const IMPORTED_SCHEMES = ["https:", "http:", "jsr:", "npm:", "node:", "data:"];

interface CachedModule {
  graph: ModuleGraph;
  /** A promise while Deno still makes a part of it. */
  linked: Linked | Promise<Linked>;
}

const CACHED_MODULES = 256;
const cache = new Map<string, CachedModule>();

/**
 * Prepares a module to be sent. Its files are read before this returns, but for some that Deno has to
 * make scripts of.
 *
 * @param caller Returns the URL of the module that sends it. A module of the same origin on the
 * network is sent like a file.
 * @throws {TypeError} if modules cannot have a URL of that scheme.
 */
export function moduleCode(
  url: URL,
  caller: () => URL | undefined,
): Pick<Code, "kind" | "text" | "position" | "locate"> {
  const { protocol, origin } = url;
  if (protocol === "file:") return linkedCode(url, linkedFile(new URL(url.pathname, "file:")));
  if (!IMPORTED_SCHEMES.includes(protocol)) {
    throw new TypeError(
      `remoteExec takes modules of file:, ${IMPORTED_SCHEMES.join(", ")}; not ${protocol}`,
    );
  }
  if ((protocol === "https:" || protocol === "http:") && caller()?.origin === origin) {
    return linkedCode(url, linkedNetworkModule(url));
  }
  return { kind: "module", text: importingText(url), position: "" };
}

function linkedCode(
  entry: URL,
  linked: Linked | Promise<Linked>,
): Pick<Code, "kind" | "text" | "position" | "locate"> {
  const code = { kind: "module", position: "" } as const;
  if (!(linked instanceof Promise)) {
    return { ...code, text: linked.text, locate: () => linked.locate };
  }
  const refused = linked.catch((error) => Promise.reject(moduleError(entry, error)));
  const text = refused.then(({ text }) => text);
  text.catch(() => {}); // the channel reports it, if one is made
  return { ...code, text, locate: () => linked.then(({ locate }) => locate, () => undefined) };
}

/** Returns a promise also if something is thrown. */
function linkedFile(entry: URL): Linked | Promise<Linked> {
  try {
    const graph = readFileGraph(entry);
    return graph instanceof Promise ? graph.then(linkedGraph) : linkedGraph(graph);
  } catch (error) {
    return Promise.reject(error);
  }
}

async function linkedNetworkModule(entry: URL): Promise<Linked> {
  const byGateway = { text: importingText(entry), locate: () => undefined };
  // Before Deno 2.8, the text of a module cannot be had by importing it.
  if (isOlder(Deno.version.deno, "2.8.0")) return byGateway;
  const graph = await readNetworkGraph(entry);
  return graph.unknown === undefined ? await linkedGraph(graph) : byGateway;
}

function linkedGraph(graph: ModuleGraph): Linked | Promise<Linked> {
  const { href } = graph.entry;
  const cached = cache.get(href);
  if (cached !== undefined && isSame(cached.graph, graph)) return cached.linked;
  // Without all of its files it cannot be known whether it has changed.
  if (graph.unknown !== undefined) return linkedByDeno(graph, graph.unknown);
  const packages = packagesOf(graph);
  if (packages.length === 0) return remember(graph, link(graph));
  const bundled = bundlePackages(packages, graph.config);
  const linked = remember(graph, bundled.then((bundle) => link(graph, bundle)));
  // It may be there the next time.
  bundled.then(({ lacksEsbuild }) => lacksEsbuild && forget(graph), () => forget(graph));
  return linked;
}

function remember<T extends Linked | Promise<Linked>>(graph: ModuleGraph, linked: T): T {
  if (cache.size >= CACHED_MODULES) cache.clear();
  const made: CachedModule = { graph, linked };
  cache.set(graph.entry.href, made);
  if (linked instanceof Promise) linked.then((ready) => made.linked = ready, () => forget(graph));
  return linked;
}

function forget(graph: ModuleGraph): void {
  const { href } = graph.entry;
  if (cache.get(href)?.graph === graph) cache.delete(href);
}

/** Has Deno bundle a graph that is not understood here. */
async function linkedByDeno({ entry, config }: ModuleGraph, unknown: string): Promise<Linked> {
  try {
    return bundleText(await bundleInPlace(entry, config), entry.href);
  } catch (cause) {
    if (!(cause instanceof ModuleError)) throw cause;
    throw new ModuleError(`${cause.message}; it was asked because of ${unknown}`, { cause });
  }
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
  const why = cause instanceof ModuleError
    ? cause.message
    : cause instanceof Error
    ? `${cause.name}: ${cause.message}`
    : String(cause);
  const advice = cause instanceof Deno.errors.NotCapable
    ? `; this process needs --allow-read of the module's files; for packages, also ` +
      `--allow-write of the temporary directory and --allow-run=${SHELL} for deno bundle`
    : "";
  return new ModuleError(`cannot send module ${entry}: ${why}${advice}`, { cause });
}
