/**
 * Permissions of a gateway, and Deno's flags for them.
 *
 * @module
 */

import { PROTOCOL_INPUT, PROTOCOL_OUTPUT } from "./loader.ts";

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

/** What a gateway may do. */
export interface Permissions {
  /** Everything. Excludes the others. */
  all: boolean;
  /** What is granted. */
  allow: PermissionSet;
  /** What is denied of that. */
  deny: PermissionSet;
}

/** No host has this name (RFC 2606): Deno grants imports from some hosts unless others are named. */
const NO_IMPORT_HOST = "none.invalid";

/**
 * The flags of `deno run` for these permissions and no more, except for the protocol's
 * descriptors, which the loader gives up before user code runs.
 */
export function permissionFlags({ all, allow, deny }: Permissions): string[] {
  const granted: Record<string, PermissionValue | undefined> = {
    ...allow,
    read: withEntry(allow.read, PROTOCOL_INPUT),
    write: withEntry(allow.write, PROTOCOL_OUTPUT),
    import: isGranted(allow.import) ? allow.import : [NO_IMPORT_HOST],
  };
  const flags = all
    ? ["--allow-all"]
    : PERMISSION_KINDS.flatMap((kind) => flag("allow", kind, granted[kind]));
  return [...flags, ...PERMISSION_KINDS.flatMap((kind) => flag("deny", kind, deny[kind]))];
}

function flag(way: "allow" | "deny", kind: PermissionKind, value?: PermissionValue): string[] {
  if (!isGranted(value)) return [];
  if (value === true) return [`--${way}-${kind}`];
  return [`--${way}-${kind}=${value.join(",")}`];
}

function withEntry(value: PermissionValue | undefined, entry: string): PermissionValue {
  return value === true ? true : [...(value || []), entry];
}

function isGranted(value: PermissionValue | undefined): value is true | readonly string[] {
  return value === true || (Array.isArray(value) && value.length > 0);
}
