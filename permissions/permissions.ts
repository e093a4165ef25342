/**
 * Permissions of a gateway: what they are, and how they are read.
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

/** All of a kind (`true`), none (`false`, or an empty list), or what is listed. */
export type PermissionValue = boolean | readonly string[];

/** Permissions, as Deno writes them; a kind that is not named is not granted. */
export type PermissionSet = { readonly [Kind in PermissionKind]?: PermissionValue };

/** Whether code with these permissions can start processes. */
export function startsProcesses(
  { all, allow: { run = false, ffi = false } }: Permissions,
): boolean {
  return [all, run, ffi].some((grant) =>
    grant === true || (Array.isArray(grant) && grant.length > 0)
  );
}

/** What a gateway may do. */
export interface Permissions {
  /** Everything. Excludes the others. */
  all: boolean;
  /** What is granted. */
  allow: PermissionSet;
  /** What is denied of that. */
  deny: PermissionSet;
  /** Set where they are those of one execution, not of its gateway. */
  isNarrowed?: true;
}

/** Whether a list grants or takes away. */
export type PermissionWay = "allow" | "deny";

/** What a set says of a kind: all (`true`), or the list, which may be empty. */
export function entriesOf(set: PermissionSet, kind: PermissionKind): true | readonly string[] {
  // Own properties alone: a polluted `Object.prototype.read` must grant nothing.
  const value = Object.hasOwn(set, kind) ? set[kind] : undefined;
  return value === true ? true : value || [];
}

/** A set of permissions as an object without a prototype. */
export function permissionSet(
  values: Iterable<[kind: PermissionKind, value: PermissionValue]>,
): PermissionSet {
  return Object.assign(Object.create(null), Object.fromEntries(values));
}

/** The key of a spec, and its value, that names this permission: `allow-read=/data`. */
export function specKey(way: PermissionWay, kind: PermissionKind, entry?: string): string {
  return entry === undefined ? `${way}-${kind}` : `${way}-${kind}=${entry}`;
}

/**
 * The permissions of an object, such as a spec's `permissions`, for {@linkcode parsePermissions}.
 *
 * @throws {SpecError} when it is no object.
 */
export function permissionsOfObject(key: string, value: unknown): [key: string, value: unknown][] {
  if (value === undefined) return [];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw new SpecError(`"${key}" is an object such as { read: ["/data"], net: true }`);
}

/**
 * Checks permissions that a user gave, each with its key: a kind, or `allow-` or `deny-` and one.
 *
 * @throws {SpecError} on an unknown or doubled kind, or a list that Deno could not be given.
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
    parsed.set(kind, permissionValue(key, value));
  }
  return permissionSet(parsed);
}

function permissionValue(key: string, value: unknown): PermissionValue {
  if (typeof value === "boolean") return value;
  const list = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(list)) {
    throw new SpecError(`the permission "${key}" is neither true, false nor a list`);
  }
  return Array.from(list, (entry: unknown) => {
    if (typeof entry === "string" && entry.includes(",")) {
      throw new SpecError(
        `the permission "${key}" lists "${entry}": Deno's flags cannot name what has a comma`,
      );
    }
    if (typeof entry === "string" && entry !== "" && !entry.includes("\0")) return entry;
    throw new SpecError(
      `the permission "${key}" lists something that is no name or path; to grant all of it, ` +
        `write "${key}" without "="`,
    );
  });
}
