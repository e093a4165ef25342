/** The oldest Deno that is supported on the far side, from npm. */

import { mayFetch } from "../needs.ts";

const PLATFORMS: Record<string, string> = {
  "linux-x86_64": "linux-x64-glibc",
  "linux-aarch64": "linux-arm64-glibc",
  "darwin-x86_64": "darwin-x64",
  "darwin-aarch64": "darwin-arm64",
};

/** The last release of the oldest supported minor version. */
export const OLDEST_DENO = "2.7.12";

const CACHE = new URL("../../../.cache/", import.meta.url).pathname;

/** Returns its path, or undefined if it is not there and may not be downloaded (40 MB). */
export async function oldestDeno(): Promise<string | undefined> {
  const platform = PLATFORMS[`${Deno.build.os}-${Deno.build.arch}`];
  const directory = `${CACHE}deno-${OLDEST_DENO}`;
  const path = `${directory}/node_modules/@deno/${platform}/deno`;
  if (await isFile(path)) return path;
  if (!mayFetch()) return undefined;
  const { success, stderr } = await new Deno.Command("npm", {
    args: [
      "install",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--prefix",
      directory,
      `@deno/${platform}@${OLDEST_DENO}`,
    ],
    stdout: "null",
  }).output();
  if (!success) {
    throw new Error(`cannot fetch Deno ${OLDEST_DENO}: ${new TextDecoder().decode(stderr)}`);
  }
  return path;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}
