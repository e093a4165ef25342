/**
 * The script that starts a gateway's Deno behind a program that passes on stdin, stdout and stderr:
 * `ssh`, `sudo`, `docker exec -i`, …
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { DENO_NAMES, findDeno, isStandalone, NO_DENO } from "../internal/find_deno.ts";
import { signalGroupBy } from "../internal/shell.ts";
import { MIN_DENO_VERSION, ORPHANED } from "../protocol/constants.ts";
import type { LaunchFailure } from "./kind.ts";
import type { ProcessSettings } from "./machine/request.ts";
import { denoArguments } from "./program/deno_command.ts";
import { startsProcesses } from "../permissions/permissions.ts";
import {
  BE_NICE,
  DIRECTORY_FAILED,
  END_CONTAINER,
  END_WITH_CARRIER,
  END_WITH_PARENT,
  ENTER_DIRECTORY,
  NOT_EXECUTABLE,
  NOT_FOUND,
  WATCH_GROUP,
} from "./shell/parts.ts";
import { quoteWords } from "./shell/words.ts";

/** What the script prints before it ends because it was started without `-i`, or with `-t`. */
export const NO_STDIN = "execnet: stdin is /dev/null here";
/** See {@linkcode NO_STDIN}. */
export const TERMINAL_STDIN = "execnet: stdin is a terminal here";

const CHECK_STDIN = `
if [ -t 0 ]; then echo "${TERMINAL_STDIN}" >&2; exit 1; fi
if [ -c /dev/stdin ]; then echo "${NO_STDIN}" >&2; exit 1; fi
`;

/**
 * Moves the protocol from stdin and stdout to fds 3 and 4. All that the user's code prints goes to
 * stderr, the one stream that is left. Deno cannot write to a terminal as fd 4, so if stdout is one
 * (`srun -u`, `mpirun`), `cat` stands between; the exit code goes around it. Each of the shells there
 * has to outlive the SIGTERM of {@linkcode END_OTHERS}.
 */
const RUN = `
if [ -t 1 ]; then
  exec 6>&1
  trap : TERM
  exit "$(trap : TERM
    { { trap : TERM; "$@" 3<&0 4>&1 </dev/null >&2 6>&- 7>&-; echo $? >&7; } |
      { trap '' TERM; cat >&6; }
    } 7>&1)"
fi
exec "$@" 3<&0 4>&1 </dev/null >&2`;

/**
 * Waits for Deno and then ends the process group `$1`, or its own. It ignores the signal itself: it still
 * has to pass on the exit code, unless nobody is left to learn of it. It also prints the code, behind the
 * mark `$2`: a daemon that the gateway has left keeps stderr, and so the session of ssh, open.
 */
const ENDING_OTHERS = `G=\${1:-$$} M=$2
shift 2${WATCH_GROUP}
"$@"
S=$?
trap "" TERM
[ "$S" != ${ORPHANED} ] || ${signalGroupBy("KILL", "$G")}
${signalGroupBy("TERM", "$G")}
wait
[ -z "$M" ] || echo "$M: $S" >&2
exit "$S"`;

/**
 * Ends what a gateway has started along with it: over ssh, that would also keep the session open. What
 * carries this script has made the process group, or `setsid` does (a dropbear server and `sudo` make
 * none). Without either, whoever leads the group has to end it.
 */
const END_OTHERS = `
G=$$
if ${signalGroupBy("0", "$G")} 2>/dev/null || { G=; command -v setsid >/dev/null; }; then
  set -- sh -c ${quoteWords([ENDING_OTHERS])} sh "$G" "$M" "$@"
  if [ -z "$G" ]; then set -- setsid "$@"; fi
fi${END_WITH_CARRIER}`;

/**
 * Returns the script that starts a gateway.
 *
 * @param killMark See {@linkcode denoArguments}.
 */
export function gatewayScript(
  request: ProcessSettings,
  killMark?: string,
): string {
  return CHECK_STDIN + startScript(request, denoArguments(request, killMark), killMark);
}

/**
 * Returns a script for POSIX `sh` that runs Deno with `args` in the way that the settings ask for.
 * Values are quoted: none of them is ever read as a part of the script.
 *
 * @param mark Opens the line on stderr that tells the exit code, if the gateway may start processes.
 * Default: none, as a gateway that relays this one knows the code.
 */
export function startScript(
  settings: ProcessSettings,
  args: readonly string[],
  mark = "",
): string {
  const { deno, chdir = "", nice = "", env, permissions } = settings;
  const [directory, niceness] = [chdir, `${nice}`].map((value) => quoteWords([value]));
  // A gateway that relays lives as long as this one may, and is lost if it dies before.
  const ended = mark === "" ? END_WITH_PARENT : "";
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return [
    `set -- ${quoteWords(args)}`,
    `D=${directory} N=${niceness} M=${quoteWords([mark])}${ENTER_DIRECTORY}`,
    findDeno(denoNames(deno)),
    variables.length > 0 ? `set -- env -- ${quoteWords(variables)} "$@"` : "",
    BE_NICE + (startsProcesses(permissions) ? ended + END_OTHERS : END_WITH_CARRIER) +
    END_CONTAINER + RUN,
  ].join("\n");
}

/**
 * Returns the words under which Deno is looked for, see {@linkcode findDeno}. The last is where it is
 * here: the far side may be this machine.
 */
export function denoNames(wanted: string | undefined): string[] {
  if (wanted === undefined || wanted === PUSH) {
    return [...DENO_NAMES, ...isStandalone() ? [] : [quoteWords([Deno.execPath()])]];
  }
  return [
    wanted.startsWith("~/") ? `"$HOME"${quoteWords([wanted.slice(1)])}` : quoteWords([wanted]),
  ];
}

/** The value of the key `deno` that asks to copy one there if there is none. */
export const PUSH = "push";

/**
 * Returns a script that kills each process with `mark` in its command line. The script's own command
 * line has the mark in two parts.
 *
 * @throws {TypeError} if {@linkcode newKillMark} did not make the mark: an empty one, say, would be in
 * every command line.
 */
export function killScript(mark: string): string {
  const [, start, end] = MARK.exec(mark) ?? [];
  if (start === undefined) throw new TypeError(`"${mark}" marks no process`);
  return `M='${start}''${end}'
if [ -r /proc/self/cmdline ]; then
  for F in $(grep -l -z -F -e "$M" /proc/[0-9]*/cmdline 2>/dev/null); do
    F=\${F#/proc/}
    kill -KILL "\${F%/cmdline}" 2>/dev/null
  done
else
  pkill -KILL -f "$M"
fi`;
}

const MARK = /^(execnet-)([-0-9a-f]{36})$/;

/** Returns a text that no other process has in its command line. */
export function newKillMark(): string {
  return `execnet-${crypto.randomUUID()}`;
}

/**
 * Returns the script as the one argument that a login shell runs, whichever shell that is. It is
 * passed as `$1`: a shell opens its error messages with `$0`.
 */
export function forAnyShell(script: string): string {
  return `exec sh -c 'eval "$(printf %b "$1")"' sh '${escapeBytes(script)}'`;
}

/** What a shell prints that reads the words of a {@linkcode forCarrier} command once more. */
export const WORDS_JOINED = "execnet: the words of this command were joined";

/**
 * Returns the command that runs the script, as the last words of another one. Some of those (`ssh
 * host`, `clush`) join all words to one text, which a shell then reads: it runs an empty `sh -c exec`
 * in place of the script, says so, and ends.
 */
export function forCarrier(script: string): [string, string, string] {
  return ["sh", "-c", `${forAnyShell(script)}; echo ${WORDS_JOINED}; exit 97`];
}

/**
 * Encodes a text so that all shells (sh, bash, zsh, fish, csh) read it alike within single quotes, and
 * `printf %b` decodes it. There fish has the escapes `\'` and `\\`, and csh ends a quote at the end of
 * a line and expands `!`.
 */
function escapeBytes(text: string): string {
  let escaped = "";
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    escaped += /[ -~]/.test(character) && !"'\\!".includes(character)
      ? character
      : `\\0${byte.toString(8).padStart(3, "0")}`;
  }
  return escaped;
}

/** Explains how the script ended; returns undefined if it did not run, or Deno itself failed. */
export function explainStartScript(
  { request, id, status, seen, tail }: LaunchFailure,
): LaunchError | undefined {
  const noDeno = seen.find((line) => line.startsWith(NO_DENO));
  const advice = `install Deno ${MIN_DENO_VERSION} or later there, or give its path as deno=…`;
  if (noDeno !== undefined) {
    return new DenoNotFoundError(
      `cannot start gateway ${id}: no Deno was found there; it ${noDeno.slice(NO_DENO.length)}; ` +
        advice,
    );
  }
  if (status.code === DIRECTORY_FAILED && request.chdir !== undefined) {
    return new LaunchError(
      `cannot start gateway ${id}: its directory "${request.chdir}" cannot be entered there${tail}`,
    );
  }
  if (status.code === NOT_FOUND || status.code === NOT_EXECUTABLE) {
    return new DenoNotFoundError(
      `cannot start gateway ${id}: neither Deno nor a shell to start it could be run there (code ` +
        `${status.code}); ${advice}${tail}`,
    );
  }
  return undefined;
}
