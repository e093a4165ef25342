/**
 * Places of files, and what is granted for them.
 *
 * @module
 */

import type { Grants } from "../arguments/permission_flags.ts";

/** Returns the last name of a path. */
export function nameOf(path: string): string {
  const trimmed = trimmedOf(path);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** Returns the directory that a path is in. */
export function directoryOf(path: string): string {
  const trimmed = trimmedOf(path);
  const slash = trimmed.lastIndexOf("/");
  return slash < 0 ? "." : trimmed.slice(0, slash) || "/";
}

function trimmedOf(path: string): string {
  return path.replace(/(?<=.)\/+$/s, "");
}

/** Grants a path to all targets, if no more is granted already. */
export function grantPath({ keys }: Grants, key: string, path: string): void {
  const granted = keys.get(key) ?? [];
  if (granted !== true) keys.set(key, [...granted, path]);
}
