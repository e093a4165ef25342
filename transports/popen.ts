/**
 * Gateways on this machine.
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import { denoCommand } from "./program/deno_command.ts";
import type { Launcher } from "./kind.ts";
import { startsProcesses } from "../permissions/permissions.ts";
import {
  BE_NICE,
  DIRECTORY_FAILED,
  END_WITH_PARENT,
  ENTER_DIRECTORY,
  NOT_EXECUTABLE,
  NOT_FOUND,
} from "./shell/parts.ts";
import { SHELL } from "../internal/shell.ts";

/**
 * Moves the protocol from stdin and stdout to fds 3 and 4, and what the user's code prints to the
 * parent's fd 3 (stdout) and 2 (stderr): so nothing that prints can break the protocol. `$1` is
 * the working directory, `$2` the niceness, each empty for none; the rest is the command.
 *
 * `$3` is not empty where the gateway may start processes. What it has started does not end with
 * the initiator by itself: so a shell waits for the end of fd 3, on which nothing ever comes, and
 * then ends the process group.
 */
const LAUNCH_SCRIPT = `
D=$1 N=$2 W=$3
shift 3${ENTER_DIRECTORY}${BE_NICE}
if [ -n "$W" ]; then { read -r W <&3; kill -s KILL -- "-$$"; } </dev/null >/dev/null 2>&1 & fi
${END_WITH_PARENT}
exec "$@" 4>&1 1>&3 3<&0 0</dev/null
`;

/** The launcher of `popen`. */
export const popen: Launcher = {
  plan(spec) {
    const deno = spec.deno ?? Deno.execPath();
    const nice = spec.nice === undefined ? "" : `${spec.nice}`;
    const startsOthers = startsProcesses(spec.permissions);
    return {
      kind: "process",
      command: [
        SHELL,
        "-c",
        LAUNCH_SCRIPT,
        "sh",
        spec.chdir ?? "",
        nice,
        startsOthers ? "watch" : "",
        deno,
        ...denoCommand(spec),
      ],
      env: spec.env,
      startsOthers,
    };
  },

  explain({ spec, id, status, tail }) {
    const deno = spec.deno ?? Deno.execPath();
    if (status.code === DIRECTORY_FAILED) {
      return new LaunchError(
        `cannot start gateway ${id}: its directory "${spec.chdir}" cannot be entered${tail}`,
      );
    }
    if (status.code === NOT_FOUND || status.code === NOT_EXECUTABLE) {
      const why = status.code === NOT_FOUND ? "was not found" : "is not executable";
      return new DenoNotFoundError(
        `cannot start gateway ${id}: "${deno}" ${why}; give the path of a Deno ` +
          `${MIN_DENO_VERSION} or later as deno=…${tail}`,
      );
    }
    return undefined;
  },

  versionCommand(spec) {
    return [SHELL, "-c", `exec "$0" --version`, spec.deno ?? Deno.execPath()];
  },
};
