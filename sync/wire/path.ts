/**
 * Paths relative to the root of a tree: names joined by slashes, the root itself is "".
 *
 * @module
 */

/** Returns whether a name stays within its directory. */
export function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "" && name !== "." && name !== ".." &&
    !name.includes("/") && !name.includes("\0");
}

/** Returns the path of an entry of a directory. */
export function childOf(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

/** Returns the directory of a path, and the name in it. */
export function splitPath(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Returns the path in the file system of a path below `root`. */
export function below(root: string, path: string): string {
  if (path === "") return root;
  return root.endsWith("/") ? root + path : `${root}/${path}`;
}

/** Returns a root without slashes at its end. */
export function rootOf(path: string): string {
  return path.replace(/(?<=.)\/+$/s, "");
}

/** Returns the directory in which a file of the file system is, and its name. */
export function placeOf(path: string): [directory: string, name: string] {
  const [directory, name] = splitPath(rootOf(path));
  return [directory === "" ? (path.startsWith("/") ? "/" : ".") : directory, name];
}
