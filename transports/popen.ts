/**
 * Gateways on this machine, or on the machine of another gateway.
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { DENO_NAMES, findDeno, isStandalone, NO_DENO } from "../internal/find_deno.ts";
import { SHELL, signalGroupBy } from "../internal/shell.ts";
import { startsProcesses } from "../permissions/permissions.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import type { TransportKind } from "./kind.ts";
import { processPlan } from "./machine/plan.ts";
import type { ProcessSettings } from "./machine/request.ts";
import { denoArguments } from "./program/deno_command.ts";
import {
  BE_NICE,
  DIRECTORY_FAILED,
  END_WITH_PARENT,
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
 * `$3` is not empty if the gateway may start processes. They do not end with the initiator by
 * themselves: so a shell waits for the end of fd 3, which never carries any data, and then kills the
 * process group.
 *
 * @param findDeno Puts the path of Deno in front of the command, if that lacks it.
 */
function launchScript(findDeno: string): string {
  return `
D=$1 N=$2 W=$3
shift 3${findDeno}${ENTER_DIRECTORY}${BE_NICE}
if [ -n "$W" ]; then { read -r W <&3; ${
    signalGroupBy("KILL", "$$")
  }; } </dev/null >/dev/null 2>&1 & fi
${END_WITH_PARENT}
exec "$@" 4>&1 1>&3 3<&0 0</dev/null
`;
}

/** Returns the process of a gateway on this machine. */
export function popenProcess(settings: ProcessSettings): ProcessOptions {
  const { chdir = "", nice = "", env, permissions } = settings;
  const startsOthers = startsProcesses(permissions);
  const deno = denoOf(settings);
  return {
    command: [
      SHELL,
      "-c",
      launchScript(deno === undefined ? findDeno(DENO_NAMES) : ""),
      "sh",
      chdir,
      `${nice}`,
      startsOthers ? "watch" : "",
      ...(deno === undefined ? [] : [deno]),
      ...denoArguments(settings),
    ],
    env,
    startsOthers,
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
