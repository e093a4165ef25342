/**
 * Starts the process of a gateway.
 *
 * @module
 */

import { type ExecnetError, LaunchError, SpecError } from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import { ProcessTransport } from "../transports/process.ts";
import type { ExitStatus, Transport } from "../transports/transport.ts";
import { denoVersionError, isOlder } from "./deno_command.ts";
import type { Launcher } from "./launcher.ts";
import { popen, SHELL } from "./popen.ts";
import type { ResolvedSpec } from "./spec.ts";

const LAUNCHERS: Partial<Record<ResolvedSpec["transport"]["kind"], Launcher>> = { popen };

function launcherOf(spec: ResolvedSpec): Launcher {
  const launcher = LAUNCHERS[spec.transport.kind];
  const missing = spec.via !== undefined ? "via" : spec.transport.kind;
  if (launcher === undefined || missing !== spec.transport.kind) {
    throw new SpecError(`this release of execnet cannot start gateways with "${missing}" yet`);
  }
  return launcher;
}

/** Starts what a spec asks for. */
export function openTransport(spec: ResolvedSpec): Transport {
  const { command, env } = launcherOf(spec).plan(spec);
  try {
    return new ProcessTransport({ command, env });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new LaunchError(
      `cannot start a gateway on this machine: ${cause.message}; this process needs ` +
        `--allow-run=${command[0]} and --allow-env`,
      { cause },
    );
  }
}

/** Why a process ended before it said hello, as the error that says what to do. */
export async function launchError(
  spec: ResolvedSpec,
  id: string,
  status: ExitStatus,
  seen: readonly string[],
): Promise<ExecnetError> {
  const tail = seen.length > 0
    ? `; it printed:\n${seen.map((line) => `    ${line}`).join("\n")}`
    : "";
  const known = launcherOf(spec).explain({ spec, id, status, seen, tail });
  if (known !== undefined) return known;
  const version = spec.transport.kind === "popen" ? await versionOf(spec.deno) : undefined;
  if (version !== undefined && isOlder(version, MIN_DENO_VERSION)) {
    return denoVersionError(id, version);
  }
  const how = status.signal !== null
    ? `was ended by ${status.signal}`
    : `ended with code ${status.code}`;
  return new LaunchError(
    `cannot start gateway ${id}: its process ${how} before it answered${tail}`,
  );
}

const VERSION_TIMEOUT_MS = 5_000;

/** Asked only after a failure, to tell a Deno too old to know our flags. */
async function versionOf(deno = Deno.execPath()): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(SHELL, {
      args: ["-c", `exec "$0" --version`, deno],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(VERSION_TIMEOUT_MS),
    }).output();
    return /^deno (\d+\.\d+\.\d+\S*)/m.exec(new TextDecoder().decode(stdout))?.[1];
  } catch {
    return undefined;
  }
}
