/**
 * Gateways on this machine, or on the machine of another gateway.
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { DENO_NAMES, findDeno, isStandalone, NO_DENO } from "../internal/find_deno.ts";
import { SHELL } from "../internal/shell.ts";
import { startsProcesses } from "../permissions/permissions.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import type { TransportKind } from "./kind.ts";
import { processPlan } from "./machine/plan.ts";
import type { ProcessSettings } from "./machine/request.ts";
import { denoArguments } from "./program/deno_command.ts";
import {
  BE_NICE,
  DIRECTORY_FAILED,
  ENTER_DIRECTORY,
  NOT_EXECUTABLE,
  NOT_FOUND,
} from "./shell/parts.ts";
import { explainStartScript, gatewayScript, startScript } from "./start_script.ts";
import type { SpecReader } from "./spec_reader.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";

/** The keys of a spec for a gateway on this machine. */
export interface PopenKeys {
  /** A process on this machine. */
  popen?: boolean;
}

/**
 * Moves the protocol from stdin and stdout to fds 3 and 4, and what the user's code prints to the
 * parent's fd 3 (stdout) and 2 (stderr): so nothing that prints can break the protocol. `$1` is
 * the working directory, `$2` the niceness, each empty for none; the rest is the command.
 *
 * @param parts Parts of a script, which change the command.
 */
function launchScript(parts: string): string {
  return `
D=$1 N=$2
shift 2${parts}
exec "$@" 4>&1 1>&3 3<&0 0</dev/null
`;
}

/**
 * Returns the process of a gateway on this machine.
 *
 * @param end A part of the script, by which the process may end with this one at once. Default: it has
 * some time.
 */
export function popenProcess(settings: ProcessSettings, end = ""): ProcessOptions {
  const { chdir = "", nice = "", env, permissions } = settings;
  const deno = denoOf(settings);
  return {
    command: [
      SHELL,
      "-c",
      launchScript(
        (deno === undefined ? findDeno(DENO_NAMES) : "") + ENTER_DIRECTORY + BE_NICE + end,
      ),
      "sh",
      chdir,
      `${nice}`,
      ...(deno === undefined ? [] : [deno]),
      ...denoArguments(settings),
    ],
    env,
    startsOthers: startsProcesses(permissions),
  };
}

const KEYS = {
  key: "popen",
  parse: (spec: SpecReader) => void spec.flag("popen"),
  shown: () => ({ popen: true }),
};

/** `popen` on the machine of another gateway: stdin, stdout and stderr are all that leads there. */
export const popenViaRelay: TransportKind<undefined> = {
  ...KEYS,
  isNetworked: true,
  plan: (request) => processPlan(scriptProcess(gatewayScript(request))),
  explain: explainStartScript,
  versionCommand: (request) => scriptProcess(startScript(request, ["--version"])),
};

/** `popen` on this machine. */
export const popen: TransportKind<undefined> = {
  ...KEYS,
  isNetworked: false,
  viaRelay: popenViaRelay,

  plan: (request) => processPlan(popenProcess(request)),

  explain({ request, id, status, seen, tail }) {
    if (status.code === DIRECTORY_FAILED) {
      return new LaunchError(
        `cannot start gateway ${id}: its directory "${request.chdir}" cannot be entered${tail}`,
      );
    }
    if (status.code !== NOT_FOUND && status.code !== NOT_EXECUTABLE) return undefined;
    const advice = `give the path of a Deno ${MIN_DENO_VERSION} or later as deno=…`;
    const noDeno = seen.find((line) => line.startsWith(NO_DENO));
    if (noDeno !== undefined) {
      return new DenoNotFoundError(
        `cannot start gateway ${id}: this program was made by deno compile, so it needs a Deno beside ` +
          `it, and none was found; it ${noDeno.slice(NO_DENO.length)}; install Deno, or ${advice}`,
      );
    }
    const why = status.code === NOT_FOUND ? "was not found" : "is not executable";
    return new DenoNotFoundError(
      `cannot start gateway ${id}: "${denoOf(request)}" ${why}; ${advice}${tail}`,
    );
  },

  versionCommand(request) {
    const deno = denoOf(request);
    const script = deno === undefined ? `${findDeno(DENO_NAMES)}\nexec "$@"` : `exec "$0" "$@"`;
    return { command: [SHELL, "-c", script, deno ?? "sh", "--version"] };
  },
};

function scriptProcess(script: string): ProcessOptions {
  return { command: [SHELL, "-c", script] };
}

/** Returns the path of the Deno to start; undefined if the script has to find one. */
function denoOf({ deno }: ProcessSettings): string | undefined {
  return deno ?? (isStandalone() ? undefined : Deno.execPath());
}
