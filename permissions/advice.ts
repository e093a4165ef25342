/**
 * Advice for remote code that was denied a permission.
 *
 * @module
 */

import { NPM_REGISTRY } from "./flags.ts";
import { grants, relate } from "./matching.ts";
import {
  entriesOf,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  specKey,
} from "./permissions.ts";
import { isSystemFile } from "./system_files.ts";

/**
 * Returns advice for the message of a remote error: how to grant the permission, or which key denies
 * it, such as `add allow-read=/etc/hosts to the spec of gateway gw0`. Returns `undefined` if the
 * message is not about a permission.
 *
 * @param gateway The id of the gateway.
 * @param permissions The permissions of the code that threw.
 */
export function deniedAdvice(
  message: string,
  gateway: string,
  permissions: Permissions,
): string | undefined {
  const advice = deniedOf(message).map(beyondGrants).map((denied) =>
    obstacle(denied, gateway, permissions) ?? remedy(denied, gateway, permissions)
  );
  return advice.length > 0 ? advice.join("; ") : undefined;
}

interface Denied {
  kind: PermissionKind | "all";
  entry?: string;
}

const REQUIRES =
  /Requires (\w+) access(?: to (?:"(.*)"|<\w+>))?, run again with the --allow-\1 flag/s;
/** Such as `Deno.symlinkSync() requires unscoped --allow-read and --allow-write permissions`. */
const UNSCOPED = /requires unscoped (.*?) permissions/;
const NO_NPM = "npm specifiers were requested; but --no-npm is specified";

function deniedOf(message: string): Denied[] {
  if (message.includes(NO_NPM)) return [{ kind: "import", entry: NPM_REGISTRY }];
  const [, name, entry] = REQUIRES.exec(message) ?? [];
  const names = name !== undefined
    ? [name]
    : Array.from(UNSCOPED.exec(message)?.[1].matchAll(/--allow-(\w+)/g) ?? [], (flag) => flag[1]);
  return names.flatMap((name) => {
    const kind = name === "all" ? name : PERMISSION_KINDS.find((each) => each === name);
    return kind === undefined ? [] : [{ kind, entry }];
  });
}

/** What no grant of `read` or `write` reaches, Deno gives to code with all permissions. */
function beyondGrants(denied: Denied): Denied {
  const { kind, entry } = denied;
  const isFile = kind === "read" || kind === "write";
  return isFile && entry !== undefined && isSystemFile(entry) ? { kind: "all", entry } : denied;
}

/** Returns the advice about a key that denies the permission, whatever is granted. */
function obstacle(
  { kind, entry }: Denied,
  gateway: string,
  permissions: Permissions,
): string | undefined {
  if (kind === "all") return undefined;
  const denied = entriesOf(permissions.deny, kind);
  const isGranted = grants(permissions, kind, entry);
  const key = denied === true ? specKey("deny", kind) : denied.filter((other) => {
    const relation = entry === undefined ? "unclear" : relate(kind, entry, other);
    return relation === "equal" || relation === "within" || (isGranted && relation !== "apart");
  }).map((other) => specKey("deny", kind, other))[0];
  if (key === undefined) return undefined;
  const where = permissions.isNarrowed ? "this execution or " : "";
  return `${key} of ${where}the spec of gateway ${gateway} stands against it`;
}

function remedy({ kind, entry }: Denied, gateway: string, { isNarrowed }: Permissions): string {
  const spec = `the spec of gateway ${gateway}`;
  if (kind === "all") return `add allow-all to ${spec}`;
  // Deno's flags separate entries by commas.

  const named = entry?.includes(",") ? undefined : entry;
  const grant = `${kind}: ${named === undefined ? true : JSON.stringify([named])}`;
  if (isNarrowed) return `add ${grant} to the permissions of this execution`;
  if (named?.includes("//")) return `add ${grant} to permissions in ${spec}`;
  return `add ${specKey("allow", kind, named)} to ${spec}`;
}
