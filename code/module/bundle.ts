/**
 * Bundles modules into one script, by `deno bundle`.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { runDenoTool } from "../deno_tool.ts";
import { type Mapped, splitMap } from "../source_map.ts";
import { fileUrl, type ImportConfig, pathOf } from "./config.ts";

/** Milliseconds for `deno bundle`, which may have to fetch packages, and once esbuild. */
const TIMEOUT_MS = 60_000;
/** The most that is told of its complaints. */
const MAX_COMPLAINT = 4_000;

/** What `deno bundle` says against a bundle. */
export class BundleError extends ModuleError {
  /** Whether esbuild, which does the work, cannot be fetched. */
  readonly lacksEsbuild: boolean;

  /** Tells what it says. */
  constructor(message: string, lacksEsbuild: boolean) {
    super(message);
    this.lacksEsbuild = lacksEsbuild;
  }
}

/**
 * Bundles a module with all that it imports, except `node:` modules. Its files are read once more.
 *
 * @throws {ModuleError} if it fails, or takes too long.
 */
export async function bundleInPlace(entry: URL, config: ImportConfig): Promise<Mapped> {
  const path = pathOf(entry);
  const folder = config.folder ?? path.replace(/[^/]*$/, "");
  return await runBundle({ entry: path, cwd: folder, flags: [], root: "", timeout: TIMEOUT_MS });
}

/**
 * Bundles a script that is written beside a copy of a configuration.
 *
 * @throws {ModuleError} if it fails, or takes too long.
 */
export async function bundleScript(
  text: string,
  { files, folder }: ImportConfig,
  timeout = TIMEOUT_MS,
): Promise<Mapped> {
  const root = await Deno.makeTempDir({ prefix: "execnet-" });
  try {
    for (const [path, text] of files) await write(root + path, text);
    const cwd = root + (folder ?? "/");
    const entry = `${cwd}execnet-packages.js`;
    await write(entry, text);
    const packages = `${folder}node_modules`;
    if (folder !== undefined && await isThere(packages)) {
      await Deno.symlink(packages, root + packages);
    }
    const flags = [
      ...(folder === undefined ? ["--no-config"] : []),
      ...(files.has(`${folder}deno.lock`) ? [] : ["--no-lock"]),
    ];
    return await runBundle({ entry, cwd, flags, root, timeout });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.replace(/[^/]*$/, ""), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

interface BundleRun {
  /** The path of what is bundled. */
  entry: string;
  cwd: string;
  flags: readonly string[];
  /** What is in front of the paths of copies. */
  root: string;
  timeout: number;
}

async function runBundle({ entry, cwd, flags, root, timeout }: BundleRun): Promise<Mapped> {
  const options = [
    "--quiet",
    "--format=esm",
    "--platform=deno",
    "--keep-names",
    "--sourcemap=inline",
  ];
  const result = await runDenoTool(["bundle", ...options, ...flags, entry], timeout, cwd);
  if (result === undefined) {
    throw new ModuleError(
      `deno bundle did not end within ${
        timeout / 1000
      } s, and was killed; it fetches packages, and ` +
        "once esbuild from npm: run deno bundle yourself to see what it waits for, or import " +
        "packages where the code runs, by await import() in a function",
    );
  }
  const { success, stdout, stderr } = result;
  if (!success) throw complaint(stderr, root);
  const { text, original } = splitMap(stdout);
  const base = fileUrl(`${cwd}${cwd.endsWith("/") ? "" : "/"}`);
  return {
    text,
    original(line, column) {
      const found = original(line, column);
      return found && { ...found, file: withoutRoot(new URL(found.file, base).href, root) };
    },
  };
}

function complaint(stderr: string, root: string): BundleError {
  const all = withoutRoot(stderr.replace(/\n*Stack backtrace:[^]*$/, "").trim(), root);
  const text = all.length > MAX_COMPLAINT ? `${all.slice(0, MAX_COMPLAINT)}…` : all;
  const lacksEsbuild = /@esbuild[/%]/.test(text) && !text.includes("bundling failed");
  const advice = lacksEsbuild
    ? "\n    deno bundle needs esbuild from npm once: run it where npm can be reached"
    : "";
  return new BundleError(
    `deno bundle says\n${text.replaceAll(/^/gm, "    ")}${advice}`,
    lacksEsbuild,
  );
}

/** Replaces paths of copies in a text by the paths of the user's files. */
function withoutRoot(text: string, root: string): string {
  return root === "" ? text : text.replaceAll(root, "");
}
