/**
 * The unstable features of Deno that a gateway gets.
 *
 * @module
 */

import { LaunchError, SpecError } from "../errors.ts";
import { type DenoConfig, denoConfigs } from "../internal/deno_config.ts";
import { messageOf } from "../internal/errors.ts";
import type { SpecEntries } from "./entries.ts";

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Returns the features that a spec names; `undefined` if it has no such key.
 *
 * @throws {SpecError} if what it has is no list of names.
 */
export function unstableOf(entries: SpecEntries): readonly string[] | undefined {
  const value = entries.get("unstable");
  if (value === undefined) return undefined;
  const names = typeof value === "string" ? value.split(",") : value;
  if (
    Array.isArray(names) && names.every((name) => typeof name === "string" && NAME.test(name))
  ) {
    return names;
  }
  throw new SpecError(
    `the key "unstable" is a list of features such as "kv,cron" or ["kv", "cron"], not ` +
      Deno.inspect(value),
  );
}

let known: readonly string[] | undefined;

/**
 * Returns the features that this process has by its `deno.json`: the one that is nearest to the main
 * module, or the root of its workspace. It is read once, and not if that would need a prompt.
 *
 * @throws {LaunchError} if it cannot be read, for a reason that stops Deno, too.
 */
export function ownUnstable(): readonly string[] {
  return known ??= findUnstable(startFolder());
}

/**
 * Finds the features that modules in a folder have.
 *
 * @throws {LaunchError} See {@linkcode ownUnstable}.
 */
export function findUnstable(folder: string): readonly string[] {
  const [nearest, ...outer] = configsFrom(folder);
  const root = outer.find(({ values }) => values.workspace !== undefined);
  const unstable = nearest?.values.unstable ?? root?.values.unstable;
  return Array.isArray(unstable) ? unstable.filter((name) => NAME.test(String(name))) : [];
}

function configsFrom(folder: string): DenoConfig[] {
  try {
    return [...denoConfigs(folder)];
  } catch (cause) {
    throw new LaunchError(
      `cannot find out which unstable features this process has by its deno.json: ${
        messageOf(cause)
      }; mend that file, or name the features in the spec, such as unstable: ["kv"], or []`,
      { cause },
    );
  }
}

/** Returns the folder where Deno begins to look for its configuration. */
function startFolder(): string {
  const main = new URL(Deno.mainModule);
  return main.protocol === "file:"
    ? decodeURIComponent(main.pathname).replace(/[^/]*$/, "")
    : `${Deno.cwd()}/`;
}
