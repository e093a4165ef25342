/**
 * The scripts of `deno=push`, for POSIX `sh` at the far side.
 *
 * @module
 */

import { searchDeno } from "../../internal/find_deno.ts";
import { quoteWords } from "../shell/words.ts";
import { denoNames } from "../start_script.ts";
import type { OwnBinary } from "./own_binary.ts";

/** Opens each line of output that is meant for us; the others are noise of a shell's profile. */
export const MARK = "execnet-push: ";

const START = `report() { printf '%s\\n' "${MARK}$1"; }
fail() { report "failed $1"; exit 1; }
D=\${XDG_CACHE_HOME:-$HOME/.cache}/execnet
umask 077`;

/** The processors, as `uname -m` names them, for which this process's Deno was made. */
const PROCESSORS = Deno.build.arch === "x86_64" ? "x86_64|amd64" : "aarch64|arm64";

/**
 * Tries what a copy needs: a loader of programs that Deno knows, a folder, room for a file, and that
 * programs there run. Leaves `$T`, the file of the trial, which is to become the copy.
 */
function trial({ interpreter = "" }: OwnBinary): string {
  return `
I=${quoteWords([interpreter])}
[ -z "$I" ] || [ -e "$I" ] || fail "this machine's Deno does not run there: it needs $I (another libc?)"
E=$(mkdir -p "$D" 2>&1) || fail "the directory $D cannot be made: $E"
T=$(mktemp "$D/.deno-XXXXXXXX" 2>&1) || fail "no file can be made in $D: $T"
E=$({ echo '#!/bin/sh' >"$T"; } 2>&1) || { rm -f "$T"; fail "$D cannot be written: $E"; }
chmod 700 "$T"
E=$("$T" 2>&1) || { rm -f "$T"; fail "no program can be run in $D: $E"; }`;
}

/** Looks for a Deno; if there is none, it makes a trial. */
export function probeScript(binary: OwnBinary): string {
  return `${START}${searchDeno(denoNames(undefined))}
report "host $(uname -s -m)"
report "path $PATH"
if [ -x "$D/deno-${binary.hash}" ]; then report "copy $D/deno-${binary.hash}"; fi
if [ -n "$F" ]; then
  report "deno $F"
  report "version $("$F" --version </dev/null 2>/dev/null)"
  exit
fi
if [ -x "$D/deno-${binary.hash}" ]; then exit; fi
case $(uname -m) in ${PROCESSORS}) ;; *) exit ;; esac${trial(binary)}
report "trial $T"`;
}

/**
 * Receives a copy. Its file gets its name only when it is whole, so copies at the same time do no harm.
 *
 * @param made The file of the trial, if the probe has made one: if it is gone, a copy would be, too.
 */
export function copyScript(binary: OwnBinary, made: string | undefined): string {
  const begin = made === undefined ? trial(binary) : `
T=${quoteWords([made])}
[ -e "$T" ] || fail "each start there is in a new container or on another machine: the copy would be gone"`;
  const path = `"$D/deno-${binary.hash}"`;
  return `${START}${begin}
trap 'rm -f "$T"' EXIT
trap 'exit 1' HUP INT TERM
E=$(cat 2>&1 >"$T") || fail "$T cannot be written: $E"
if command -v sha256sum >/dev/null; then S=$(sha256sum <"$T")
elif command -v shasum >/dev/null; then S=$(shasum -a 256 <"$T")
else S=$(openssl dgst -sha256 -r <"$T"); fi
[ "\${S%% *}" = ${binary.hash} ] || fail "what arrived is not what was sent (checksum)"
V=$("$T" --version </dev/null 2>&1) || fail "this machine's Deno does not run there: $V"
E=$(mv -f "$T" ${path} 2>&1) || fail "$D cannot be written: $E"
report "copied "${path}`;
}
