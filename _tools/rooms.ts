/** Rooms: the folders at the top, each with one subject. */

/** Code about the package, not of it. */
const OUTSIDE = ["_tools", "bench", "examples", "findings", "tests"];

/** Returns the first folder of a path, or a file's name: `errors.ts` is a room, too. */
export function roomOf(path: string): string {
  return path.split("/", 1).join("").replace(/\.[jt]s$/, "");
}

/** Returns whether a file is code of the package itself: no test, not generated. */
export function isProduct(path: string): boolean {
  return path.endsWith(".ts") && !/(_test|\.gen)\.ts$/.test(path) &&
    !OUTSIDE.includes(roomOf(path));
}
