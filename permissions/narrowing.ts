/**
 * Narrows the permissions of a gateway to those of one execution.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { relate } from "./matching.ts";
import {
  entriesOf,
  parsePermissions,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  type PermissionSet,
  permissionSet,
  permissionsOfObject,
  type PermissionValue,
  specKey,
} from "./permissions.ts";
import type { Relation } from "./relation.ts";

/** The permissions that an execution requests. */
export interface WantedPermissions {
  /** Its grants; default: all those of its gateway. A kind that is missing is not granted. */
  permissions?: PermissionSet;
  /** Denials, in addition to those of its gateway. */
  deny?: PermissionSet;
}

/** Who grants to whom; mostly for messages. */
export interface Narrowing {
  /** Who grants, such as `gateway gw0`. */
  granter: string;
  /** Where the grants of the granter are written; default: `its spec`. */
  grants?: string;
  /** Who requests; default: `this execution`. */
  asker?: string;
  /** The working directory on the far side, with symbolic links resolved, if it is known. */
  cwd?: string;
}

/**
 * Returns the permissions of one execution. It gets what it requests, if the gateway has that
 * itself;
 * the denials of the gateway stay. Entries are compared in the way that Deno matches them, and an
 * entry that cannot be shown to be contained is refused.
 *
 * @throws {SpecError} naming each entry that the gateway does not have, and the key that grants it.
 */
export function narrow(
  granted: Permissions,
  wanted: WantedPermissions,
  narrowing: Narrowing,
): Permissions {
  const allow = wanted.permissions === undefined
    ? undefined
    : parsePermissions(permissionsOfObject("permissions", wanted.permissions), "allow");
  const deny = parsePermissions(permissionsOfObject("deny", wanted.deny), "deny");
  const checker = new PermissionChecker(granted, narrowing);
  const narrowed: Permissions = {
    all: granted.all && allow === undefined,
    allow: collect((kind) => checker.allowed(kind, allow, entriesOf(deny, kind))),
    deny: collect((kind) => union(entriesOf(granted.deny, kind), entriesOf(deny, kind))),
    isNarrowed: true,
  };
  checker.throwIfRefused();
  return narrowed;
}

type Entries = true | readonly string[];

/** A granted entry is unaffected by a denied entry to which it has one of these relations. */
const SAFE: ReadonlySet<Relation> = new Set(["apart", "around"]);
const CONTAINED: ReadonlySet<Relation> = new Set(["equal", "within"]);

/**
 * Checks requested entries, and collects those that it refuses, so that one error names them all.
 */
class PermissionChecker {
  readonly #granted: Permissions;
  readonly #narrowing: Narrowing;
  readonly #refused: string[] = [];

  constructor(granted: Permissions, narrowing: Narrowing) {
    this.#granted = granted;
    this.#narrowing = narrowing;
  }

  /** Checks the requested entries of a kind, and returns them without those that are `denied`. */
  allowed(kind: PermissionKind, wanted: PermissionSet | undefined, denied: Entries): Entries {
    const { all, allow } = this.#granted;
    const entries = entriesOf(wanted ?? allow, kind);
    if (wanted !== undefined) this.#check(kind, entries, all || entriesOf(allow, kind));
    if (denied === true) return [];
    if (entries === true) return true;
    // In Deno a narrower grant wins over a wider denial, so such a grant has to go.
    return entries.filter((entry) => {
      const relations = denied.map((other) => this.#relate(kind, entry, other));
      const unclear = relations.indexOf("unclear");
      if (unclear >= 0) {
        this.#refused.push(
          `${kind}=${entry} without ${denied[unclear]}, because it is unclear whether they overlap`,
        );
      }
      return relations.every((relation) => SAFE.has(relation));
    });
  }

  /** @throws {SpecError} if an entry was refused. */
  throwIfRefused(): void {
    if (this.#refused.length === 0) return;
    const { granter, asker = "this execution" } = this.#narrowing;
    throw new SpecError(
      `${asker} cannot have what ${granter} does not grant: ${this.#refused.join("; ")}`,
    );
  }

  #check(kind: PermissionKind, wanted: Entries, granted: Entries): void {
    if (wanted === true) {
      if (granted !== true) this.#refused.push(`all of ${kind} (${this.#advice(kind)})`);
      return;
    }
    for (const entry of wanted) {
      const reason = this.#reasonAgainst(kind, entry, granted);
      if (reason !== undefined) this.#refused.push(`${kind}=${entry} (${reason})`);
    }
  }

  #reasonAgainst(kind: PermissionKind, entry: string, granted: Entries): string | undefined {
    const relations = granted === true
      ? []
      : granted.map((other) => this.#relate(kind, entry, other));
    // For an equal entry Deno decides as it does in the gateway, whatever is denied.
    if (relations.includes("equal")) return undefined;
    if (granted !== true && !relations.some((relation) => CONTAINED.has(relation))) {
      const unclear = relations.indexOf("unclear");
      if (unclear < 0) return this.#advice(kind, entry);
      const key = specKey("allow", kind, granted[unclear]);
      return `it is unclear whether ${key} grants it; write it in the same way, or ` +
        this.#advice(kind, entry);
    }

    const denied = entriesOf(this.#granted.deny, kind);
    const against = denied === true
      ? specKey("deny", kind)
      : denied.filter((other) => !SAFE.has(this.#relate(kind, entry, other)))
        .map((other) => specKey("deny", kind, other))[0];
    return against === undefined ? undefined : `${against} in ${this.#grants} stands against it`;
  }

  #relate(kind: PermissionKind, entry: string, other: string): Relation {
    return relate(kind, entry, other, this.#narrowing.cwd);
  }

  get #grants(): string {
    return this.#narrowing.grants ?? "its spec";
  }

  #advice(kind: PermissionKind, entry?: string): string {
    return `add ${specKey("allow", kind, entry)} to ${this.#grants}`;
  }
}

function collect(entries: (kind: PermissionKind) => Entries): PermissionSet {
  const values = PERMISSION_KINDS.map((kind): [PermissionKind, PermissionValue] => [
    kind,
    entries(kind),
  ]);
  return permissionSet(
    values.filter(([, value]) => value === true || value !== false && value.length > 0),
  );
}

function union(a: Entries, b: Entries): Entries {
  return a === true || b === true ? true : [...new Set([...a, ...b])];
}
