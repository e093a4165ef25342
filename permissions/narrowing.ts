/**
 * Narrows the grants of a gateway to those of one execution.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { relate } from "./matching.ts";
import type { Relation } from "./relation.ts";
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

/** What an execution asks for. */
export interface WantedPermissions {
  /** What it may do; default: all that its gateway may. A kind that is not named is not granted. */
  permissions?: PermissionSet;
  /** What is denied of that, besides what the gateway is denied. */
  deny?: PermissionSet;
}

/** Whose grants are narrowed, for whom. */
export interface Narrowing {
  /** What grants, for messages: `gateway gw0`. */
  granter: string;
  /** Where it is told what to grant, for messages; default: its `spec`. */
  grants?: string;
  /** What asks, for messages; default: `this execution`. */
  asker?: string;
  /** The working directory as the far side tells it, without links, where known. */
  cwd?: string;
}

/**
 * The permissions of one execution: what it asks for, as far as its gateway may grant it. What the
 * gateway is denied stays denied. Containment is judged as Deno matches entries; what cannot be
 * shown to be contained is refused.
 *
 * @throws {SpecError} when it asks for more, naming each entry and the spec key that would grant it.
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
  const judge = new Judge(granted, narrowing);
  const narrowed: Permissions = {
    all: granted.all && allow === undefined,
    allow: collect((kind) => judge.allowed(kind, allow, entriesOf(deny, kind))),
    deny: collect((kind) => union(entriesOf(granted.deny, kind), entriesOf(deny, kind))),
    isNarrowed: true,
  };
  judge.refuse();
  return narrowed;
}

type Entries = true | readonly string[];

/** Whether Deno's verdict on the entry holds, although the other list has one like this. */
const SAFE: ReadonlySet<Relation> = new Set(["apart", "around"]);
const CONTAINED: ReadonlySet<Relation> = new Set(["equal", "within"]);

/** Gathers what is refused, so that one error names all of it. */
class Judge {
  readonly #granted: Permissions;
  readonly #narrowing: Narrowing;
  readonly #refused: string[] = [];

  constructor(granted: Permissions, narrowing: Narrowing) {
    this.#granted = granted;
    this.#narrowing = narrowing;
  }

  /** What is left of a kind, once what the execution itself denies is taken off. */
  allowed(kind: PermissionKind, wanted: PermissionSet | undefined, denied: Entries): Entries {
    const { all, allow } = this.#granted;
    const entries = entriesOf(wanted ?? allow, kind);
    if (wanted !== undefined) this.#check(kind, entries, all || entriesOf(allow, kind));
    if (denied === true) return [];
    if (entries === true) return true;
    // Deno lets a narrower grant win over a wider denial.
    return entries.filter((entry) => {
      const relations = denied.map((other) => this.#relate(kind, entry, other));
      const unclear = relations.indexOf("unclear");
      if (unclear >= 0) {
        this.#refused.push(
          `${kind}=${entry} and not ${denied[unclear]}, which cannot be told apart`,
        );
      }
      return relations.every((relation) => SAFE.has(relation));
    });
  }

  /** @throws {SpecError} when anything was refused. */
  refuse(): void {
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
    // The same entry fares as it does in the gateway, whatever is denied.
    if (relations.includes("equal")) return undefined;
    if (granted !== true && !relations.some((relation) => CONTAINED.has(relation))) {
      const unclear = relations.indexOf("unclear");
      return unclear < 0
        ? this.#advice(kind, entry)
        : `whether ${
          specKey("allow", kind, granted[unclear])
        } grants it cannot be told; write it ` +
          `in the same way, or ${this.#advice(kind, entry)}`;
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
