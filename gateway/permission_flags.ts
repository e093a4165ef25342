/**
 * Deno's flags for permissions.
 *
 * @module
 */

import { PROTOCOL_INPUT, PROTOCOL_OUTPUT } from "./loader.ts";
import {
  entriesOf,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  type PermissionSet,
  type PermissionWay,
  specKey,
} from "./permissions.ts";

type Entries = true | readonly string[];

/** No host has this name (RFC 2606): Deno grants imports from some hosts unless others are named. */
const NO_IMPORT_HOST = "none.invalid";

/**
 * The flags of `deno run` for these permissions and no more, except for the protocol's
 * descriptors, which the loader gives up before user code runs.
 */
export function permissionFlags({ all, allow, deny }: Permissions): string[] {
  const allowed = all
    ? ["--allow-all"]
    : PERMISSION_KINDS.flatMap((kind) => flag("allow", kind, granted(allow, kind)));
  return [
    ...allowed,
    ...PERMISSION_KINDS.flatMap((kind) => flag("deny", kind, entriesOf(deny, kind))),
  ];
}

function granted(allow: PermissionSet, kind: PermissionKind): Entries {
  const entries = entriesOf(allow, kind);
  if (entries === true) return true;
  switch (kind) {
    case "read":
      return [...entries, PROTOCOL_INPUT];
    case "write":
      return [...entries, PROTOCOL_OUTPUT];
    case "import":
      return entries.length > 0 ? entries : [NO_IMPORT_HOST];
    default:
      return entries;
  }
}

function flag(way: PermissionWay, kind: PermissionKind, entries: Entries): string[] {
  if (entries === true) return [`--${specKey(way, kind)}`];
  return entries.length > 0 ? [`--${specKey(way, kind, entries.join(","))}`] : [];
}
