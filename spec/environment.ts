/**
 * The environment variables that a spec sets.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { ENV_PREFIX, type SpecEntries } from "./entries.ts";

/**
 * Returns the variables of the key `env` and of the keys `env:NAME`.
 *
 * @throws {SpecError} for a variable that is set twice, or cannot have its name or value.
 */
export function environmentOf(entries: SpecEntries): Record<string, string> {
  const given = entries.get("env") ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new SpecError(`the key "env" is an object such as { LANG: "C" }`);
  }
  const env: Record<string, string> = { ...given };
  for (const key of entries.keys) {
    if (!key.startsWith(ENV_PREFIX)) continue;
    const name = key.slice(ENV_PREFIX.length);
    if (Object.hasOwn(env, name)) {
      throw new SpecError(`the environment variable "${name}" is set twice`);
    }
    const value = entries.get(key);
    if (typeof value !== "string") throw new SpecError(`the key "${key}" needs a value`);
    env[name] = value;
  }
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== "string") {
      throw new SpecError(`the environment variable "${name}" is text, not a ${typeof value}`);
    }
    if (!/^[^=\0]+$/.test(name) || value.includes("\0")) {
      throw new SpecError(`the environment variable "${name}" cannot have that name and value`);
    }
  }
  return env;
}
