/**
 * The specs of targets: text, made an object with more keys.
 *
 * @module
 */

import type { GatewaySpec } from "../../mod.ts";
import type { Grants } from "../arguments/permission_flags.ts";
import { UsageError } from "../usage.ts";

/** The keys of a spec, as text has them; `true` for a key without a value. */
export type SpecKeys = Readonly<Record<string, string | true>>;

/** Keys of specs that are objects, and so no text. */
const OF_OBJECTS = ["env", "permissions", "deny", "output"];

/**
 * Splits a spec at its keys.
 *
 * @throws {UsageError} if it has a key twice, or an empty part.
 */
export function keysOf(spec: string): SpecKeys {
  const keys: Record<string, string | true> = Object.create(null);
  for (const part of spec.split("//")) {
    const [key, ...value] = part.split("=");
    if (key === "") {
      throw new UsageError(
        `the target "${spec}" has an empty part; write it as key=value//key=value`,
      );
    }
    if (OF_OBJECTS.includes(key)) {
      throw new UsageError(
        `the target "${spec}" has the key "${key}", which text cannot have; there are env:NAME=value, ` +
          "allow-<kind> and deny-<kind>",
      );
    }
    if (key in keys) throw new UsageError(`the target "${spec}" has the key "${key}" twice`);
    keys[key] = value.length === 0 ? true : value.join("=");
  }
  return keys;
}

/**
 * Returns a spec with what the command line says for all targets. What it grants adds up with the
 * spec's own grants; its time to connect is a default.
 */
export function completeSpec(
  keys: SpecKeys,
  grants: Grants,
  connectTimeout: number | undefined,
): GatewaySpec {
  const spec: Record<string, unknown> = { ...keys };
  if (connectTimeout !== undefined) spec.connectTimeout ??= connectTimeout;
  for (const [key, added] of grants.keys) {
    const own = keys[key] ?? [];
    const isAll = added === true || own === true;
    spec[key] = isAll ? true : [...(typeof own === "string" ? own.split(",") : own), ...added];
  }
  if (grants.all) spec["allow-all"] = true;
  if (spec["allow-all"] === true) {
    // It includes them, and the spec's own must not be refused beside the flag.
    for (const key of Object.keys(spec)) {
      if (key.startsWith("allow-") && key !== "allow-all") delete spec[key];
    }
  }
  return spec as GatewaySpec;
}
