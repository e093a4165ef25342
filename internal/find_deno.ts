/**
 * Finds a Deno to run, as a part of scripts for POSIX `sh`.
 *
 * @module
 */

/** Opens the line on stderr by which a script reports that it found no Deno. */
export const NO_DENO = "execnet: no Deno here: ";

/** Where Deno may be if it is not on PATH, which is short in a shell that is no login shell. */
const USUAL_PLACES = [
  `"$HOME/.deno/bin/deno"`,
  "/usr/local/bin/deno",
  "/opt/homebrew/bin/deno",
  "/home/linuxbrew/.linuxbrew/bin/deno",
  "/snap/bin/deno",
];

/** Words of a script: the names under which Deno is looked for. */
export const DENO_NAMES: readonly string[] = ["deno", ...USUAL_PLACES];

/**
 * Returns whether this process is a program that `deno compile` has made. Its executable file is not
 * Deno: it would run the program once more, whatever its arguments.
 */
export function isStandalone(): boolean {
  return Deno.build.standalone;
}

/**
 * Returns the part of a script that sets `$F` to the path of the first Deno that exists, or to
 * nothing, and `$L` to what was looked for.
 *
 * @param names Words of the script, as {@linkcode DENO_NAMES} are.
 */
export function searchDeno(names: readonly string[]): string {
  return `
F= L=
for C in ${names.join(" ")}; do
  L="$L $C"
  if F=$(command -v "$C") && [ -f "$F" ] && [ -x "$F" ]; then break; fi
  F=
done`;
}

/** Returns the part of a script that puts the path of Deno before `"$@"`, or ends it with code 127. */
export function findDeno(names: readonly string[]): string {
  return `${searchDeno(names)}
if [ -z "$F" ]; then
  echo "${NO_DENO}looked for$L; PATH=$PATH; $(uname -s -m)" >&2
  exit 127
fi
set -- "$F" "$@"`;
}
