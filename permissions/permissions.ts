/**
 * The permissions of a gateway, and how they are parsed.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { SpecError } from "../errors.ts";

/** Deno's permission kinds. */
export const PERMISSION_KINDS: readonly PermissionKind[] = [
  "read",
  "write",
  "net",
  "env",
  "run",
  "sys",
  "ffi",
  "import",
];

/** One of Deno's permission kinds. */
export type PermissionKind = "read" | "write" | "net" | "env" | "run" | "sys" | "ffi" | "import";

/** All of a kind (`true`), none of it (`false`, or an empty list), or a list of entries. */
export type PermissionValue = boolean | readonly string[];

/** Permissions in the form that Deno uses. A kind that is missing is not granted. */
export type PermissionSet = { readonly [Kind in PermissionKind]?: PermissionValue };

/** Returns whether code with these permissions can start processes. */
export function startsProcesses(
  { all, allow: { run = false, ffi = false } }: Permissions,
): boolean {
  return [all, run, ffi].some((grant) =>
    grant === true || (Array.isArray(grant) && grant.length > 0)
  );
}

/** The permissions of a gateway, or of one of its executions. */
export interface Permissions {
  /** Grants everything; then `allow` is empty. */
  all: boolean;
  /** The grants. */
  allow: PermissionSet;
  /** Denials, which take away from the grants. */
  deny: PermissionSet;
  /** Set for the permissions of an execution. */
  isNarrowed?: true;
}

/** Whether a list grants or denies. */
export type PermissionWay = "allow" | "deny";

/** Returns the entries of a kind in a set: all of it (`true`), or a list, which may be empty. */
export function entriesOf(set: PermissionSet, kind: PermissionKind): true | readonly string[] {
  // Only own properties count: a polluted `Object.prototype.read` must grant nothing.
  const value = Object.hasOwn(set, kind) ? set[kind] : undefined;
  return value === true ? true : value || [];
}

/** Makes a set of permissions: an object without a prototype. */
export function permissionSet(
  values: Iterable<[kind: PermissionKind, value: PermissionValue]>,
): PermissionSet {
  return Object.assign(Object.create(null), Object.fromEntries(values));
}

/** Returns the key and value of a spec for a permission, such as `allow-read=/data`. */
export function specKey(way: PermissionWay, kind: PermissionKind, entry?: string): string {
  return entry === undefined ? `${way}-${kind}` : `${way}-${kind}=${entry}`;
}

/**
 * Returns the entries of an object, such as a spec's `permissions`, for {@linkcode parsePermissions}.
 *
 * @throws {SpecError} if `value` is not an object.
 */
export function permissionsOfObject(key: string, value: unknown): [key: string, value: unknown][] {
  if (value === undefined) return [];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw new SpecError(`"${key}" is an object such as { read: ["/data"], net: true }`);
}

/**
 * Parses permissions that a user gave. A key is a kind, or `allow-` or `deny-` and a kind.
 *
 * @throws {SpecError} on an unknown or doubled kind, or an entry that a flag of Deno cannot hold.
 */
export function parsePermissions(
  given: readonly (readonly [key: string, value: unknown])[],
  way: PermissionWay,
): PermissionSet {
  const parsed = new Map<PermissionKind, PermissionValue>();
  for (const [key, value] of given) {
    if (value === undefined) continue;
    const name = key.startsWith(`${way}-`) ? key.slice(way.length + 1) : key;
    const kind = PERMISSION_KINDS.find((each) => each === name);
    if (kind === undefined) {
      throw new SpecError(
        `there is no permission "${key}"; did you mean "${closestString(key, PERMISSION_KINDS)}"?`,
      );
    }
    if (parsed.has(kind)) throw new SpecError(`the permission "${key}" is given twice`);
    parsed.set(kind, permissionValue(key, value, kind));
  }
  return permissionSet(parsed);
}

const HOST_KINDS: readonly PermissionKind[] = ["net", "import"];
const PATH_KINDS: readonly PermissionKind[] = ["read", "write", "run", "ffi"];

function permissionValue(key: string, value: unknown, kind: PermissionKind): PermissionValue {
  if (typeof value === "boolean") return value;
  const list = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(list)) {
    throw new SpecError(`the permission "${key}" is neither true, false nor a list`);
  }
  return Array.from(list, (entry: unknown) => {
    if (typeof entry === "string" && entry.includes(",")) {
      throw new SpecError(
        `the permission "${key}" lists "${entry}": an entry cannot have a comma in Deno's flags`,
      );
    }
    if (typeof entry === "string" && entry !== "" && !entry.includes("\0")) {
      checkEntry(key, entry, kind);
      return entry;
    }
    throw new SpecError(
      `the permission "${key}" lists something that is not a name or path; to grant all of it, ` +
        `write "${key}" without "="`,
    );
  });
}

/** Refuses what a newcomer would write, and Deno would take for something else, or for nothing. */
function checkEntry(key: string, entry: string, kind: PermissionKind): void {
  if (HOST_KINDS.includes(kind) && entry.includes("://")) {
    throw new SpecError(
      `the permission "${key}" lists "${entry}": it takes hosts, such as example.com:443, not addresses`,
    );
  }
  if (PATH_KINDS.includes(kind) && /^~\//.test(entry)) {
    throw new SpecError(
      `the permission "${key}" lists "${entry}", where nothing stands for "~": write the whole path, or ` +
        `"./${entry}" for a file of that name`,
    );
  }
}
