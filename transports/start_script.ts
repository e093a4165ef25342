/**
 * The script that starts a gateway's Deno behind something that carries stdin, stdout and stderr:
 * `ssh`, `sudo`, `docker exec -i`, …
 *
 * @module
 */

import { DenoNotFoundError, LaunchError } from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import type { LaunchFailure } from "./kind.ts";
import { startsProcesses } from "../permissions/permissions.ts";
import {
  BE_NICE,
  DIRECTORY_FAILED,
  END_WITH_PARENT,
  ENTER_DIRECTORY,
  NOT_EXECUTABLE,
  NOT_FOUND,
} from "./shell/parts.ts";
import type { ResolvedSpec } from "../spec/spec.ts";
import { quoteWords } from "./shell/words.ts";

/** Where Deno may be, when PATH does not say: a shell that is no login shell has a bare one. */
const USUAL_PLACES = [
  `"$HOME/.deno/bin/deno"`,
  "/usr/local/bin/deno",
  "/opt/homebrew/bin/deno",
  "/home/linuxbrew/.linuxbrew/bin/deno",
  "/snap/bin/deno",
];

/** Opens the line on stderr by which the script says that it found no Deno. */
const NO_DENO = "execnet: no Deno here: ";

/**
 * The protocol goes from stdin and stdout to fds 3 and 4. What the user's code prints all goes to
 * stderr, the one stream that is left. A terminal in place of stdout (`srun -u`) is not a thing
 * that Deno can write to as fd 4, so `cat` stands between; the exit code goes around it.
 */
const RUN = `
if [ -t 1 ]; then
  exec 6>&1
  exit "$({ { "$@" 3<&0 4>&1 </dev/null >&2 6>&- 7>&-; echo $? >&7; } | cat >&6; } 7>&1)"
fi
exec "$@" 3<&0 4>&1 </dev/null >&2`;

/**
 * What a gateway has started ends with it: over ssh, it would keep the session open, too. A shell
 * waits for Deno and then ends its own process group, but by a signal that it can ignore: it still
 * has to pass on the exit code. Where it leads no group, that is for who does.
 */
const END_OTHERS = `
if kill -s 0 -- "-$$" 2>/dev/null; then
  set -- sh -c '"$@"
S=$?
trap : TERM
kill -s TERM -- "-$$"
exit "$S"' sh "$@"${END_WITH_PARENT}
fi`;

/**
 * A script for POSIX `sh` that runs Deno with `args` as a spec wants it. Values are quoted: none of
 * them is ever read as a part of the script.
 */
export function farScript(spec: ResolvedSpec, args: readonly string[]): string {
  const [directory, nice] = [spec.chdir ?? "", `${spec.nice ?? ""}`].map((value) =>
    quoteWords([value])
  );
  const variables = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  return [
    `set -- ${quoteWords(args)}`,
    `D=${directory} N=${nice}${ENTER_DIRECTORY}`,
    findDeno(spec.deno),
    variables.length > 0 ? `set -- env -- ${quoteWords(variables)} "$@"` : "",
    BE_NICE + END_WITH_PARENT + (startsProcesses(spec.permissions) ? END_OTHERS : "") + RUN,
  ].join("\n");
}

/** Puts the path of Deno before "$@". */
function findDeno(wanted: string | undefined): string {
  return `${searchDeno(wanted)}
if [ -z "$F" ]; then
  echo "${NO_DENO}looked for$L; PATH=$PATH; $(uname -s -m)" >&2
  exit ${NOT_FOUND}
fi
set -- "$F" "$@"`;
}

/**
 * Sets `$F` to the path of the first Deno that is there, or to nothing, and `$L` to what was looked
 * for.
 */
export function searchDeno(wanted: string | undefined): string {
  const candidates = wanted === undefined || wanted === PUSH
    ? ["deno", ...USUAL_PLACES, quoteWords([Deno.execPath()])]
    : [wanted.startsWith("~/") ? `"$HOME"${quoteWords([wanted.slice(1)])}` : quoteWords([wanted])];
  return `
F= L=
for C in ${candidates.join(" ")}; do
  L="$L $C"
  if F=$(command -v "$C") && [ -f "$F" ] && [ -x "$F" ]; then break; fi
  F=
done`;
}

/** The value of `deno` that means to copy one there, where there is none. */
export const PUSH = "push";

/**
 * A script that kills each process whose command line has `mark` in it. Its own has not: there the
 * mark is in two parts.
 *
 * @throws {TypeError} when the mark is not what {@linkcode newMark} makes: an empty one, say, would
 * be in every command line.
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

/** What no other process has in its command line. */
export function newMark(): string {
  return `execnet-${crypto.randomUUID()}`;
}

/**
 * The script as the one argument that a login shell runs, whichever shell that is. It is `$1`: a
 * shell opens its own complaints with `$0`.
 */
export function forAnyShell(script: string): string {
  return `exec sh -c 'eval "$(printf %b "$1")"' sh '${escapeBytes(script)}'`;
}

/**
 * What all shells (sh, bash, zsh, fish, csh) read alike within single quotes, and `printf %b` turns
 * back: fish takes `\\'` and `\\\\` for escapes there, csh ends a quote at a line's end and expands `!`.
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

/** What the script's own end tells; nothing where it did not come to run, or Deno itself failed. */
export function explainFarScript(
  { spec, id, status, seen, tail }: LaunchFailure,
): LaunchError | undefined {
  const noDeno = seen.find((line) => line.startsWith(NO_DENO));
  const advice = `install Deno ${MIN_DENO_VERSION} or later there, or give its path as deno=…`;
  if (noDeno !== undefined) {
    return new DenoNotFoundError(
      `cannot start gateway ${id}: no Deno was found there; it ${noDeno.slice(NO_DENO.length)}; ` +
        advice,
    );
  }
  if (status.code === DIRECTORY_FAILED && spec.chdir !== undefined) {
    return new LaunchError(
      `cannot start gateway ${id}: its directory "${spec.chdir}" cannot be entered there${tail}`,
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
