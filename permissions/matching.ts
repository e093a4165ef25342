/**
 * Relates the entries of permission lists, in the way that Deno matches them.
 *
 * @module
 */

import { hostRelation } from "./hosts.ts";
import { pathRelation } from "./paths.ts";
import { entriesOf, type PermissionKind, type Permissions } from "./permissions.ts";
import type { Relation } from "./relation.ts";

/**
 * Relates an entry to another of the same kind.
 *
 * @param cwd The directory of relative paths, with symbolic links resolved, if it is known.
 */
export function relate(kind: PermissionKind, entry: string, other: string, cwd?: string): Relation {
  switch (kind) {
    case "read":
    case "write":
    case "ffi":
      return pathRelation(entry, other, cwd);
    case "net":
    case "import":
      return hostRelation(entry, other);
    case "env":
      return variableRelation(entry, other);
    case "run":
      return commandRelation(entry, other, cwd);
    case "sys":
      return sysName(entry) === sysName(other) ? "equal" : "apart";
  }
}

/** Returns whether an entry, or all of a kind, is granted. Denials are not considered. */
export function grants({ all, allow }: Permissions, kind: PermissionKind, entry?: string): boolean {
  const granted = all || entriesOf(allow, kind);
  if (granted === true || entry === undefined) return granted === true;
  return granted.some((other) => ["equal", "within"].includes(relate(kind, entry, other)));
}

function variableRelation(entry: string, other: string): Relation {
  if (entry === other) return "equal";
  const prefix = (name: string) => name.endsWith("*") ? name.slice(0, -1) : undefined;
  const [own, others] = [prefix(entry), prefix(other)];
  if (others !== undefined && (own ?? entry).startsWith(others)) return "within";
  if (own !== undefined && (others ?? other).startsWith(own)) return "around";
  return "apart";
}

/** Relates two commands: each is the path of one file, or a name that Deno looks up. */
function commandRelation(entry: string, other: string, cwd?: string): Relation {
  if (entry === other) return "equal";
  if (other.includes("/")) {
    // A denied path also denies everything below it, and only the far side can look up a name.

    const relation = entry.includes("/") ? pathRelation(entry, other, cwd) : "unclear";
    return relation === "within" || relation === "around" ? "unclear" : relation;
  }
  // A denied name denies each file of that name, whatever its extension or case.
  const file = entry.slice(entry.lastIndexOf("/") + 1).toLowerCase();
  return `${file}.`.startsWith(`${other.toLowerCase()}.`) ? "unclear" : "apart";
}

function sysName(entry: string): string {
  return entry === "username" ? "userInfo" : entry;
}
