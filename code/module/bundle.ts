/**
 * Module graphs as one script, by `deno bundle`.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { fileUrl } from "./config.ts";
import { type ModuleGraph, pathOf } from "./graph.ts";
import { SHELL } from "../../internal/shell.ts";
import { type Mapped, takeMap } from "../source_map.ts";

/** What `deno bundle` takes at most: it may have to fetch packages. */
const BUNDLE_TIMEOUT_MS = 120_000;

/**
 * Bundles a graph: everything that it imports comes into one script, except `node:`.
 *
 * @throws {ModuleError} where that cannot be done.
 */
export async function bundle(graph: ModuleGraph): Promise<Mapped> {
  if (!graph.isWhole) return await runBundle(graph, "");
  const root = await Deno.makeTempDir({ prefix: "execnet-" });
  try {
    await copyTo(root, graph);
    return await runBundle(graph, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Copies the files to where they would be if `root` was the root of the file system. */
async function copyTo(root: string, { files, config }: ModuleGraph): Promise<void> {
  const encoder = new TextEncoder();
  for (const [path, text] of config.files) await write(root + path, encoder.encode(text));
  for (const [url, bytes] of files) await write(root + pathOf(url), bytes);
  const packages = `${config.folder}node_modules`;
  if (config.folder === undefined || !await isThere(packages)) return;
  await Deno.symlink(packages, root + packages);
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(path.replace(/[^/]*$/, ""), { recursive: true });
  await Deno.writeFile(path, bytes);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function runBundle({ entry, config }: ModuleGraph, root: string): Promise<Mapped> {
  const entryPath = pathOf(entry);
  const cwd = root + (config.folder ?? entryPath.replace(/[^/]*$/, ""));
  const configs = config.folder === undefined && root !== "" ? ["--no-config"] : [];
  const locks = config.files.has(`${config.folder}deno.lock`) || root === "" ? [] : ["--no-lock"];
  const { success, stdout, stderr } = await new Deno.Command(SHELL, {
    // By the shell, so that the grant that starts gateways is enough.
    args: [
      "-c",
      `exec "$0" "$@"`,
      Deno.execPath(),
      "bundle",
      "--quiet",
      "--format=esm",
      "--platform=deno",
      "--sourcemap=inline",
      ...configs,
      ...locks,
      root + entryPath,
    ],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(BUNDLE_TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new ModuleError(complaint(entry, decoder.decode(stderr), root));
  const { text, original } = takeMap(decoder.decode(stdout));
  const base = fileUrl(cwd);
  return {
    text,
    original(line, column) {
      const place = original(line, column);
      return place && { ...place, file: withoutRoot(new URL(place.file, base).href, root) };
    },
  };
}

function complaint(entry: URL, stderr: string, root: string): string {
  const why = stderr.replace(/\n*Stack backtrace:[^]*$/, "").trim();
  const shown = withoutRoot(why, root);
  return `cannot send module ${entry}: deno bundle says\n${shown.replaceAll(/^/gm, "    ")}`;
}

/** A path of the user's, where a copy of it was named. */
function withoutRoot(text: string, root: string): string {
  return root === "" ? text : text.replaceAll(root, "");
}
