/**
 * Gateways on this machine.
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import { denoCommand } from "./deno_command.ts";
import type { Launcher } from "./launcher.ts";

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

/** What runs the launch script, and all that the initiator has to be allowed to run. */
export const SHELL = "/bin/sh";
const CHDIR_FAILED = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** The launcher of `popen`. */
export const popen: Launcher = {
  plan(spec) {
    const deno = spec.deno ?? Deno.execPath();
    const nice = spec.nice === undefined ? "" : `${spec.nice}`;
    return {
      kind: "process",
      command: [
        SHELL,
        "-c",
        LAUNCH_SCRIPT,
        "sh",
        spec.chdir ?? "",
        nice,
        deno,
        ...denoCommand(spec),
      ],
      env: spec.env,
    };
  },

  explain({ spec, id, status, tail }) {
    const deno = spec.deno ?? Deno.execPath();
    if (status.code === CHDIR_FAILED) {
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
};
