/**
 * The command line of a gateway's Deno, and its versions.
 *
 * @module
 */

import { DenoVersionError } from "../../errors.ts";
import { escapeControls } from "../../internal/escape.ts";
import { permissionFlags } from "../../permissions/flags.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import type { ProcessSettings } from "../machine/request.ts";
import { LOADER_URL } from "./loader.ts";

/**
 * Returns the arguments of `deno` that start a gateway with just these grants and features.
 *
 * @param killMark Put into the command line, so that the process can be found by it.
 */
export function denoArguments(
  { permissions, unstable = [] }: Pick<ProcessSettings, "permissions" | "unstable">,
  killMark?: string,
): string[] {
  return [
    "run",
    "--quiet",
    // A nearby deno.json or package.json would change how code runs.
    "--no-config",
    "--no-lock",
    "--no-prompt",
    // Deno needs no permission to store data, and keys the store by location: each process has its own.
    `--location=http://${crypto.randomUUID()}.invalid/`,
    // Lets the program free the buffers of dropped items.
    "--v8-flags=--expose-gc",
    ...unstable.map((feature) => `--unstable-${feature}`),
    ...permissionFlags(permissions),
    killMark === undefined ? LOADER_URL : `${LOADER_URL}#${killMark}`,
  ];
}

/** Returns the error for a Deno that is too old. The far side chooses what its version is. */
export function denoVersionError(id: string, version: string): DenoVersionError {
  const shown = escapeControls(version);
  return new DenoVersionError(
    `cannot start gateway ${id}: it runs Deno ${shown}, and execnet needs ${MIN_DENO_VERSION} or ` +
      `later (this side runs ${Deno.version.deno}); name another with deno=…`,
  );
}
