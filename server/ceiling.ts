/**
 * The ceiling of a server: the most that it grants, and what one session gets of it.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { Refusal } from "../protocol/auth.ts";
import { RefusalCode } from "../protocol/auth_messages.ts";
import type { SessionRequest } from "../protocol/auth_request.ts";
import { narrow, type Narrowing, type WantedPermissions } from "../permissions/narrowing.ts";
import {
  entriesOf,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  type PermissionSet,
  permissionSet,
} from "../permissions/permissions.ts";
import type { ProcessSettings } from "../transports/machine/request.ts";
import { isVariableName, maySetVariable } from "./environment.ts";

/** The most that a server grants. */
export interface Ceiling {
  permissions: Permissions;
  /** Unstable features that sessions may have. */
  unstable: readonly string[];
  /** The working directory of sessions that ask for no other, if it is known. */
  cwd: string | undefined;
}

/** Kinds whose entries are paths. */
const PATH_KINDS: readonly PermissionKind[] = ["read", "write", "ffi"];

/**
 * Returns the ceiling for a server's grants, from which files that must stay secret are excluded. Paths
 * become absolute, since a session may run in another directory.
 *
 * @throws {SpecError} if a path is relative and the working directory is not known.
 */
export function ceilingOf(
  { all, allow, deny }: Permissions,
  secretFiles: readonly string[],
  cwd: string | undefined,
  unstable: readonly string[] = [],
): Ceiling {
  const denied = new Map(Object.entries(absolute(deny, cwd)));
  for (const kind of ["read", "write"] as const) {
    const entries = entriesOf(deny, kind);
    if (entries === true) continue;
    denied.set(kind, [...absoluteEntries([...entries, ...secretFiles], cwd)]);
  }
  return {
    permissions: {
      all,
      allow: absolute(allow, cwd),
      deny: permissionSet(denied as Map<PermissionKind, true | string[]>),
    },
    cwd,
    unstable,
  };
}

/**
 * Returns how the process of a session is to run, if the client may have what it asks for.
 *
 * @throws {Refusal} if not; it names what the client may not have.
 */
export function sessionSettings(request: SessionRequest, ceiling: Ceiling): ProcessSettings {
  const { chdir, nice, env, deno, unstable = [] } = request;
  if (deno !== "") throw refusal(`deno=${deno}: which Deno runs is the server's to say`);
  if (!Number.isInteger(nice) || nice < 0 || nice > 19) {
    throw refusal(`nice=${nice}: a session's niceness is from 0 to 19`);
  }
  for (const [name, value] of Object.entries(env)) {
    if (!isVariableName(name) || value.includes("\0")) {
      throw refusal(`env:${name}: no environment variable has that name and value`);
    }
    if (!maySetVariable(name, ceiling.permissions)) {
      throw refusal(`env:${name}: start the server with -- --allow-env=${name} to allow it`);
    }
  }
  const refused = unstable.find((feature) => !ceiling.unstable.includes(feature));
  if (refused !== undefined) {
    throw refusal(
      `unstable=${refused}: start the server with -- --unstable-${refused} to allow it`,
    );
  }
  const permissions = sessionPermissions(request, ceiling);
  const directory = chdir === "" ? undefined : chdir;
  if (directory !== undefined) checkDirectory(directory, ceiling);
  return { deno: undefined, chdir: directory, nice, env, permissions, unstable };
}

/** A directory that no session may read is refused before anything shows whether it exists. */
function checkDirectory(directory: string, { permissions, cwd }: Ceiling): void {
  narrowed(permissions, { permissions: { read: [directory] } }, {
    asker: `a session with chdir=${directory}`,
    cwd,
  });
}

function sessionPermissions(request: SessionRequest, ceiling: Ceiling): Permissions {
  const granted = ceiling.permissions;
  if (request.all && !granted.all) {
    throw refusal("allow-all: start the server with -- --allow-all to grant it");
  }
  const wanted = request.all ? {} : { permissions: request.allow };
  return withoutLinks(
    narrowed(granted, { ...wanted, deny: request.deny }, {
      asker: "this session",
      ...(request.chdir === "" ? { cwd: ceiling.cwd } : {}),
    }),
  );
}

function narrowed(
  granted: Permissions,
  wanted: WantedPermissions,
  narrowing: Pick<Narrowing, "asker" | "cwd">,
): Permissions {
  try {
    return narrow(granted, wanted, { granter: "the server", grants: "its flags", ...narrowing });
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new Refusal(RefusalCode.REQUEST, error.message);
  }
}

/**
 * Replaces an unlimited grant of `write` by a list, if `read` is unlimited, too: Deno allows symbolic
 * links only without lists, and a link could bypass a denied path.
 */
function withoutLinks({ all, allow, deny }: Permissions): Permissions {
  if (all || entriesOf(allow, "read") !== true || entriesOf(allow, "write") !== true) {
    return { all, allow, deny };
  }
  return { all, allow: { ...allow, write: ["/"] }, deny };
}

function refusal(what: string): Refusal {
  return new Refusal(RefusalCode.REQUEST, `this session cannot have ${what}`);
}

function absolute(set: PermissionSet, cwd: string | undefined): PermissionSet {
  return permissionSet(
    PERMISSION_KINDS.filter((kind) => Object.hasOwn(set, kind)).map((kind) => {
      const entries = entriesOf(set, kind);
      const isPath = PATH_KINDS.includes(kind) && entries !== true;
      return [kind, isPath ? absoluteEntries(entries, cwd) : entries];
    }),
  );
}

function absoluteEntries(entries: readonly string[], cwd: string | undefined): string[] {
  return entries.map((entry) => {
    if (entry.startsWith("/")) return entry;
    if (cwd !== undefined) return `${cwd}/${entry}`;
    throw new SpecError(
      `the server may not read its working directory, so "${entry}" has to be an absolute path`,
    );
  });
}
