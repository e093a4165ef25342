/**
 * The directories whose files the system makes up: processes, devices, settings.
 *
 * Deno guards them besides `read` and `write`, most of them by all permissions. But an import, `require`
 * and a removal pass that guard, and there every file of the machine has a second name, to which no
 * denial applies. So no grant reaches into these directories but to what Deno itself leaves open.
 *
 * @module
 */

import { relate } from "./matching.ts";
import { entriesOf, type Permissions, type PermissionSet, permissionSet } from "./permissions.ts";

const DIRECTORIES = ["/dev", "/proc", "/sys"];
/** Devices that Deno leaves open to whoever may read or write them. */
const DEVICES = ["/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"];
/** All that it leaves open. */
const OPEN = [...DEVICES, "/proc/pressure"];

type Kind = "read" | "write";
type Entries = true | readonly string[];

/** Returns whether only code with all permissions may read and write a path. */
export function isSystemFile(path: string): boolean {
  return isBelow(path, DIRECTORIES) && !isBelow(path, OPEN);
}

/**
 * Returns the permissions without what they grant in these directories. If both `read` and `write` are
 * unlimited, they stay as they are: such code may make links, which reach everything.
 */
export function withoutSystemFiles(permissions: Permissions): Permissions {
  const { all, allow, deny } = permissions;
  if (all || mayLink(allow, deny)) return permissions;
  const [read, write] = (["read", "write"] as const).map((kind) => limited(kind, allow, deny));
  return {
    ...permissions,
    allow: permissionSet(Object.entries({ ...allow, read: read.allow, write: write.allow }) as []),
    deny: permissionSet(Object.entries({ ...deny, read: read.deny, write: write.deny }) as []),
  };
}

/** Deno allows symbolic links only without lists. */
function mayLink(allow: PermissionSet, deny: PermissionSet): boolean {
  return (["read", "write"] as const).every((kind) => {
    const denied = entriesOf(deny, kind);
    return entriesOf(allow, kind) === true && denied !== true && denied.length === 0;
  });
}

/**
 * Keeps lists in an order that Deno can sort: where several grants lie within several denials, it may
 * apply the wider one. So `/` stands for all that it contains, and only devices are granted below it.
 */
function limited(
  kind: Kind,
  allow: PermissionSet,
  deny: PermissionSet,
): { allow: readonly string[]; deny: Entries } {
  const all = entriesOf(allow, kind);
  const granted = all === true ? ["/"] : all;
  const denied = entriesOf(deny, kind);
  const entries = granted.filter((path) => !isSystemFile(path));
  if (denied === true) return { allow: entries, deny: true };
  const devices = DEVICES.filter((path) => isBelow(path, granted) && !isBelow(path, denied));
  if (isBelow("/", granted)) {
    const within = entries.filter((path) => isBelow(path, denied));
    return {
      allow: [...new Set(["/", ...within, ...devices])],
      deny: [...new Set([...denied, ...DIRECTORIES])],
    };
  }
  // Where a relative path leads is not known here.
  const isUnclear = entries.some((path) => relate(kind, path, "/proc") === "unclear");
  return {
    allow: [...new Set([...entries, ...devices])],
    deny: isUnclear ? [...new Set([...denied, "/proc", "/sys"])] : denied,
  };
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((other) => ["equal", "within"].includes(relate("read", path, other)));
}
