/**
 * The command line of a gateway's Deno, and its versions.
 *
 * @module
 */

import { DenoVersionError } from "../../errors.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import { LOADER_URL } from "./loader.ts";
import { permissionFlags } from "../../permissions/flags.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";

/** The arguments of `deno` that start a gateway with just the grants of its spec. */
export function denoCommand(spec: ResolvedSpec): string[] {
  return [
    "run",
    "--quiet",
    // A nearby deno.json or package.json would change how code runs.
    "--no-config",
    "--no-lock",
    "--no-prompt",
    // Deno asks for no permission to store things, and keeps them by place: for each process its own.
    `--location=http://${crypto.randomUUID()}.invalid/`,
    // The program frees the buffers of dropped items with it.
    "--v8-flags=--expose-gc",
    ...permissionFlags(spec.permissions),
    spec.mark === undefined ? LOADER_URL : `${LOADER_URL}#${spec.mark}`,
  ];
}

/** The error for a Deno that is too old. */
export function denoVersionError(id: string, version: string): DenoVersionError {
  return new DenoVersionError(
    `cannot start gateway ${id}: it runs Deno ${version}, and execnet needs ${MIN_DENO_VERSION} or ` +
      `later (this side runs ${Deno.version.deno}); name another with deno=…`,
  );
}
