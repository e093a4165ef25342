/**
 * Atomic writes: a task that runs at the same time sees a file whole, or not at all.
 */
import { CACHE } from "./paths.ts";

/** Returns an unused name in the cache folder, on the same disk, so that a rename is atomic. */
export function scratchUrl(label: string): URL {
  return new URL(`${label}-${crypto.randomUUID()}`, CACHE);
}

export async function writeFileAtomically(
  target: URL,
  text: string,
): Promise<void> {
  await Deno.mkdir(CACHE, { recursive: true });
  await Deno.mkdir(new URL("./", target), { recursive: true });
  const scratch = scratchUrl("file");
  await Deno.writeTextFile(scratch, text);
  await Deno.rename(scratch, target);
}

/** Creates `target` by `fill`, unless it exists. */
export async function makeDirectoryOnce(
  target: URL,
  fill: (directory: URL) => Promise<void>,
): Promise<void> {
  if (await isDirectory(target)) return;
  const scratch = new URL(`${scratchUrl("directory").href}/`);
  await Deno.mkdir(scratch, { recursive: true });
  await Deno.mkdir(new URL("../", target), { recursive: true });
  try {
    await fill(scratch);
    await Deno.rename(scratch, target);
  } catch (error) {
    await Deno.remove(scratch, { recursive: true });
    // The rename fails if another task was quicker; its folder is as good.
    if (!await isDirectory(target)) throw error;
  }
}

async function isDirectory(url: URL): Promise<boolean> {
  try {
    return (await Deno.stat(url)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
