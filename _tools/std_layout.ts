/**
 * Lays std packages out as a folder that `JSR_URL` can name.
 *
 * For a check against the real declarations:
 * `deno run -A _tools/std_layout.ts --from <checkout of std> --out <folder>`.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "./files.ts";
import { readWorkspace, type StdPackage } from "./std_sources.ts";

/**
 * Part of the folder's name. Raise it when the layout changes, so that old folders are not used.
 */
export const LAYOUT_VERSION = 1;

const SPECIFIER = /(\bfrom\s*|^\s*import\s*|\bimport\(\s*)(["'])([^"'\n]+)\2/gm;

export async function layOut(packages: StdPackage[], out: URL): Promise<void> {
  for (const std of packages) {
    const base = new URL(`@std/${std.name}/`, out);
    const manifest: Record<string, { size: number; checksum: string }> = {};
    for (const [path, source] of std.files) {
      const bytes = /\.[jt]s$/.test(path) ? rewriteBytes(source, path, std, packages) : source;
      const target = new URL(`${std.version}/${path}`, base);
      await Deno.mkdir(new URL("./", target), { recursive: true });
      await Deno.writeFile(target, bytes);
      manifest[`/${path}`] = {
        size: bytes.length,
        checksum: `sha256-${await sha256(bytes)}`,
      };
    }
    await writeJson(new URL(`${std.version}_meta.json`, base), {
      manifest,
      exports: std.exports,
    });
    await writeJson(new URL("meta.json", base), {
      scope: "std",
      name: std.name,
      latest: std.version,
      versions: { [std.version]: {} },
    });
  }
}

/**
 * Turns imports of other packages into `jsr:` specifiers, the only ones that work in a JSR folder.
 */
export function rewriteImports(
  text: string,
  path: string,
  own: StdPackage,
  packages: StdPackage[],
): string {
  return text.replace(
    SPECIFIER,
    (whole, before: string, quote: string, specifier: string) => {
      const rewritten = rewriteSpecifier(specifier, path, own, packages);
      return rewritten === undefined ? whole : before + quote + rewritten +
        quote;
    },
  );
}

function rewriteSpecifier(
  specifier: string,
  path: string,
  own: StdPackage,
  packages: StdPackage[],
): string | undefined {
  const bare = /^@std\/([^/]+)(.*)$/.exec(specifier);
  if (bare) {
    const [, name, rest] = bare;
    const target = packages.find((std) => std.name === name);
    return target && `jsr:@std/${name}@${target.version}${rest}`;
  }
  if (!specifier.startsWith("../")) return undefined;
  const resolved = new URL(specifier, `file:///${own.folder}/${path}`).pathname;
  const [, folder, ...rest] = resolved.split("/");
  if (folder === own.folder) return undefined;
  // In deno-std, some paths have dashes although the folders have underscores.
  const target = packages.find((std) => std.folder === folder?.replaceAll("-", "_"));
  if (!target) return undefined;
  const file = `./${rest.join("/")}`;
  const entry = Object.entries(target.exports).find(([, to]) => to === file);
  return entry &&
    `jsr:@std/${target.name}@${target.version}${entry[0].slice(1)}`;
}

function rewriteBytes(
  source: Uint8Array<ArrayBuffer>,
  path: string,
  own: StdPackage,
  packages: StdPackage[],
): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(source);
  return new TextEncoder().encode(rewriteImports(text, path, own, packages));
}

async function writeJson(url: URL, value: unknown): Promise<void> {
  await Deno.writeTextFile(url, JSON.stringify(value));
}

/** Returns the value after `--name`. @std/cli is not there yet. */
function option(name: string): URL {
  const index = Deno.args.indexOf(name);
  const value = index < 0 ? undefined : Deno.args[index + 1];
  if (!value) {
    console.error("usage: std_layout.ts --from <checkout> --out <folder>");
    Deno.exit(2);
  }
  return pathToFileURL(`${resolve(value)}/`);
}

if (import.meta.main) {
  await layOut(await readWorkspace(option("--from")), option("--out"));
}
