/**
 * Deno's permission flags, as they grant to targets.
 *
 * @module
 */

import { didYouMean, UsageError } from "../usage.ts";

/** Deno's permission kinds. */
export const KINDS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;

/** Deno's short forms. */
export const SHORT_FLAGS: Readonly<Record<string, string>> = {
  "-A": "--allow-all",
  "-R": "--allow-read",
  "-W": "--allow-write",
  "-N": "--allow-net",
  "-E": "--allow-env",
  "-S": "--allow-sys",
  "-I": "--allow-import",
};

/** What all targets are granted and denied: `true` for all of a kind, or its entries. */
export interface Grants {
  /** Everything is allowed. */
  all: boolean;
  /** By the key of a spec, such as `allow-read`. */
  readonly keys: Map<string, true | string[]>;
}

/** Returns whether an argument is meant as a permission flag, right or wrong. */
export function isPermissionFlag(argument: string): boolean {
  return /^--(allow|deny)-|^-[ARWNESI](=|$)/.test(argument);
}

/**
 * Adds a permission flag to the grants. Entries of several flags of a kind add up.
 *
 * @throws {UsageError} if Deno has no such flag.
 */
export async function addFlag(argument: string, grants: Grants): Promise<void> {
  const long = argument.replace(/^-[A-Z](?==|$)/, (short) => SHORT_FLAGS[short]);
  const [flag, ...values] = long.split("=");
  const value = values.length === 0 ? undefined : values.join("=");
  if (flag === "--allow-all" && value === undefined) {
    grants.all = true;
    return;
  }
  const known = KINDS.flatMap((kind) => [`--allow-${kind}`, `--deny-${kind}`]);
  if (!known.includes(flag)) {
    const hint = await didYouMean(flag, [...known, "--allow-all"]);
    throw new UsageError(`"${flag}" is no permission flag of Deno${hint}`);
  }
  const key = flag.slice("--".length);
  const entries = value?.split(",");
  if (entries?.includes("")) {
    throw new UsageError(`"${flag}" has an empty entry; to grant all of it, leave out the "="`);
  }
  const before = grants.keys.get(key) ?? [];
  const isAll = before === true || entries === undefined;
  grants.keys.set(key, isAll ? true : [...before, ...entries]);
}
