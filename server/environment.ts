/**
 * Which environment variables a client may set for its session.
 *
 * @module
 */

import { relate } from "../permissions/matching.ts";
import { entriesOf, type Permissions } from "../permissions/permissions.ts";

/** How times and texts are shown. They load no code, and lead nowhere. */
const HARMLESS = ["TZ", "LANG", "LC_*"];

/**
 * Returns whether a client may set a variable: one that the server's `env` grant names, or a harmless
 * one. A grant of all variables names none. Whole families of variables make Deno itself send, write or
 * load something, and each release brings more: so there is no list of those that are refused.
 */
export function maySetVariable(name: string, { allow, deny }: Permissions): boolean {
  const granted = entriesOf(allow, "env");
  const denied = entriesOf(deny, "env");
  const named = granted === true ? [] : granted.filter((entry) => entry !== "*");
  return [...HARMLESS, ...named].some((entry) => isMatch(name, entry)) &&
    denied !== true && !denied.some((entry) => isMatch(name, entry));
}

function isMatch(name: string, entry: string): boolean {
  return ["equal", "within"].includes(relate("env", name, entry));
}

/** Returns whether any process can be given a variable of this name. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
