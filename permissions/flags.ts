/**
 * Deno's flags for permissions.
 *
 * @module
 */

import { C_LIBRARIES, PROTOCOL_INPUT, PROTOCOL_OUTPUT } from "../protocol/constants.ts";
import { grants, relate } from "./matching.ts";
import {
  entriesOf,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  type PermissionSet,
  type PermissionWay,
  specKey,
  startsProcesses,
} from "./permissions.ts";
import { withoutSystemFiles } from "./system_files.ts";

type Entries = true | readonly string[];

/** A host that cannot exist (RFC 2606). Without a list, Deno grants imports from some hosts. */
const NO_IMPORT_HOST = "none.invalid";

/** The host that Deno gets `npm:` imports from. */
export const NPM_REGISTRY = "registry.npmjs.org";

/**
 * Returns the flags of `deno run` that grant exactly these permissions, and the opening of the
 * protocol's descriptors and of the C library, which the loader revokes before user code runs. What
 * they would grant in `/proc` and its like is left out, see system_files.ts.
 */
export function permissionFlags(permissions: Permissions): string[] {
  const { all, allow, deny } = withoutSystemFiles(permissions);
  const libraries = startsProcesses(permissions) ? C_LIBRARIES : [];
  const allowed = all
    ? ["--allow-all"]
    : PERMISSION_KINDS.flatMap((kind) => flag("allow", kind, granted(allow, kind, libraries)));
  return [
    ...allowed,
    ...PERMISSION_KINDS.flatMap((kind) => flag("deny", kind, entriesOf(deny, kind))),
    // Deno needs no permission to import from npm, or from its cache of it.
    ...(importsNpm(permissions) ? [] : ["--no-npm"]),
  ];
}

function importsNpm(permissions: Permissions): boolean {
  const endpoint = `${NPM_REGISTRY}:443`;
  const denied = entriesOf(permissions.deny, "import");
  return grants(permissions, "import", endpoint) && denied !== true &&
    denied.every((entry) => relate("import", endpoint, entry) === "apart");
}

function granted(
  allow: PermissionSet,
  kind: PermissionKind,
  libraries: readonly string[],
): Entries {
  const entries = entriesOf(allow, kind);
  if (entries === true) return true;
  switch (kind) {
    case "read":
      return [...entries, PROTOCOL_INPUT];
    case "write":
      return [...entries, PROTOCOL_OUTPUT];
    case "ffi":
      // The loader gives up all of them, or none: one that the spec itself grants is left alone.
      return libraries.some((path) => entries.includes(path))
        ? entries
        : [...entries, ...libraries];
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
