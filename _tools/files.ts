/** Returns the files below a folder, as sorted paths relative to it. */
export async function listFiles(
  folder: URL,
  wanted: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  await walk(folder, "", found);
  return found.filter(wanted).sort();
}

async function walk(
  folder: URL,
  prefix: string,
  found: string[],
): Promise<void> {
  for await (const entry of Deno.readDir(new URL(prefix, folder))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = prefix + entry.name;
    if (entry.isDirectory) await walk(folder, `${path}/`, found);
    if (entry.isFile) found.push(path);
  }
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
