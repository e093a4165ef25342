/**
 * Bundles module graphs into one script, by `deno bundle`.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { SHELL } from "../../internal/shell.ts";
import { type Mapped, splitMap } from "../source_map.ts";
import { fileUrl } from "./config.ts";
import { type ModuleGraph, pathOf } from "./graph.ts";

/** The longest time for `deno bundle`, which may have to fetch packages. */
const BUNDLE_TIMEOUT_MS = 120_000;

/**
 * Bundles a graph: the script has everything that it imports, except `node:` modules.
 *
 * @throws {ModuleError} if `deno bundle` fails.
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

/** Copies the files to where they would be if `root` were the root of the file system. */
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
    // The shell runs it, so that the permission that starts gateways is enough.
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
  const { text, original } = splitMap(decoder.decode(stdout));
  const base = fileUrl(cwd);
  return {
    text,
    original(line, column) {
      const found = original(line, column);
      return found && { ...found, file: withoutRoot(new URL(found.file, base).href, root) };
    },
  };
}

function complaint(entry: URL, stderr: string, root: string): string {
  const why = stderr.replace(/\n*Stack backtrace:[^]*$/, "").trim();
  const shown = withoutRoot(why, root);
  return `cannot send module ${entry}: deno bundle says\n${shown.replaceAll(/^/gm, "    ")}`;
}

/** Replaces paths of copies in a text by the paths of the user's files. */

function withoutRoot(text: string, root: string): string {
  return root === "" ? text : text.replaceAll(root, "");
}
