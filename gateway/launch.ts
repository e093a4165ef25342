/**
 * Starts the process of a gateway.
 *
 * @module
 */

import {
  DenoNotFoundError,
  DenoVersionError,
  type ExecnetError,
  LaunchError,
  SpecError,
} from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import { ProcessTransport } from "../transports/process.ts";
import type { ExitStatus, Transport } from "../transports/transport.ts";
import { LOADER_URL } from "./loader.ts";
import { permissionFlags } from "./permissions.ts";
import type { ResolvedSpec } from "./spec.ts";

/** Linux only. Where it is a link, it is busybox's, which does not know `--pdeathsig`. */
const SETPRIV = "/usr/bin/setpriv";

/**
 * Moves the protocol from stdin and stdout to fds 3 and 4, and what the user's code prints to the
 * parent's fd 3 (stdout) and 2 (stderr): so nothing that prints can break the protocol. `$1` is
 * the working directory, `$2` the niceness, each empty for none; the rest is the command. A busy
 * loop does not see that its initiator is gone: the kernel ends it then, where `setpriv` can ask.
 */
const LAUNCH_SCRIPT = `
if [ -n "$1" ]; then cd -- "$1" || exit 125; fi
N=$2
shift 2
if [ -n "$N" ]; then set -- nice -n "$N" "$@"; fi
if [ -x ${SETPRIV} ] && [ ! -L ${SETPRIV} ]; then set -- ${SETPRIV} --pdeathsig KILL "$@"; fi
exec "$@" 4>&1 1>&3 3<&0 0</dev/null
`;

const SHELL = "/bin/sh";
const CHDIR_FAILED = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/**
 * The command line of a spec's Deno.
 *
 * @throws {SpecError} for what this release cannot start yet.
 */
export function denoCommand(spec: ResolvedSpec): [string, ...string[]] {
  return [
    spec.deno ?? Deno.execPath(),
    "run",
    "--quiet",
    // A nearby deno.json or package.json would change how code runs.
    "--no-config",
    "--no-lock",
    "--no-prompt",
    ...permissionFlags(spec.permissions),
    LOADER_URL,
  ];
}

/** Starts what a spec asks for. */
export function openTransport(spec: ResolvedSpec): Transport {
  if (spec.transport.kind !== "popen" || spec.via !== undefined || spec.execmodel !== "main") {
    const what = spec.via !== undefined
      ? "via"
      : spec.execmodel !== "main"
      ? `execmodel=${spec.execmodel}`
      : spec.transport.kind;
    throw new SpecError(`this release of execnet cannot start gateways with "${what}" yet`);
  }
  const [deno, ...args] = denoCommand(spec);
  const nice = spec.nice === undefined ? "" : `${spec.nice}`;
  try {
    return new ProcessTransport({
      command: [SHELL, "-c", LAUNCH_SCRIPT, "sh", spec.chdir ?? "", nice, deno, ...args],
      env: spec.env,
    });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new LaunchError(
      `cannot start a gateway on this machine: ${cause.message}; this process needs ` +
        `--allow-run=${SHELL} and --allow-env`,
      { cause },
    );
  }
}

/** Why a process ended before it said hello, as the error that says what to do. */
export async function launchError(
  spec: ResolvedSpec,
  id: string,
  status: ExitStatus,
  seen: string[],
): Promise<ExecnetError> {
  const deno = spec.deno ?? Deno.execPath();
  const tail = seen.length > 0
    ? `; it printed:\n${seen.map((line) => `    ${line}`).join("\n")}`
    : "";
  if (status.code === CHDIR_FAILED) {
    return new LaunchError(
      `cannot start gateway ${id}: its directory "${spec.chdir}" cannot be entered${tail}`,
    );
  }
  if (status.code === NOT_FOUND || status.code === NOT_EXECUTABLE) {
    const why = status.code === NOT_FOUND ? "was not found" : "is not executable";
    return new DenoNotFoundError(
      `cannot start gateway ${id}: "${deno}" ${why}; give the path of a Deno ${MIN_DENO_VERSION} ` +
        `or later as deno=…${tail}`,
    );
  }
  const version = await versionOf(deno);
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

/** The error for a Deno that is too old. */
export function denoVersionError(id: string, version: string): DenoVersionError {
  return new DenoVersionError(
    `cannot start gateway ${id}: it runs Deno ${version}, and execnet needs ${MIN_DENO_VERSION} or ` +
      `later (this side runs ${Deno.version.deno}); name another with deno=…`,
  );
}

/** Compares dotted versions by their numbers; what follows a dash does not count. */
export function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split("-")[0].split(".").map(Number));
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - b[i];
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const VERSION_TIMEOUT_MS = 5_000;

/** Asked only after a failure, to tell a Deno too old to know our flags. */
async function versionOf(deno: string): Promise<string | undefined> {
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
