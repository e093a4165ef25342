/** The regular files of a directory tree. */
// Deno.readDir() leaves out names that are not UTF-8; this gives them, so that they are told of.
import { readdir } from "node:fs/promises";

/** A file to read. */
export interface TreeFile {
  /** Relative to the top of the tree. */
  name: string;
  path: string;
  /** In bytes, when the tree was read. */
  size: number;
}

/** A file or directory that could not be read; its path is relative too. */
export interface TreeError {
  path: string;
  error: string;
}

/** What is in a directory tree. */
export interface Tree {
  /** The largest first: so no gateway is left with a large one when the others are done. */
  files: TreeFile[];
  errors: TreeError[];
}

/** Reads a tree as `find top -type f` does: symbolic links are not followed, nothing is left out. */
export async function readTree(top: string, signal: AbortSignal): Promise<Tree> {
  const files: TreeFile[] = [];
  const errors: TreeError[] = [];
  const directories = [""];

  function look(name: string): void {
    const path = join(top, name);
    const { isDirectory, isFile, size } = Deno.lstatSync(path);
    if (isDirectory) directories.push(name);
    else if (isFile) files.push({ name, path, size });
  }

  for (let name = directories.pop(); name !== undefined; name = directories.pop()) {
    signal.throwIfAborted();
    for (const entry of await orNothing(errors, name, () => readdir(join(top, name)))) {
      const child = join(name, entry);
      await orNothing(errors, child, () => look(child));
    }
  }
  files.sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
  return { files, errors };
}

async function orNothing<T>(
  errors: TreeError[],
  name: string,
  read: () => T | Promise<T>,
): Promise<T | []> {
  try {
    return await read();
  } catch (error) {
    errors.push({ path: name || ".", error: String(error) });
    return [];
  }
}

function join(directory: string, name: string): string {
  if (name === "") return directory;
  return directory === "" || directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}
