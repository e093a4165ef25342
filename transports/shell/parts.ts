/**
 * Parts of the scripts that start a gateway's Deno, in the language of POSIX `sh`. In each, `"$@"` is the
 * command to run in the end.
 *
 * @module
 */

import { signalGroupBy } from "../../internal/shell.ts";
import { quoteWords } from "./words.ts";

/** Exit code if {@linkcode ENTER_DIRECTORY} failed. */
export const DIRECTORY_FAILED = 125;
/** Exit code of a shell for a program that it may not execute. */
export const NOT_EXECUTABLE = 126;
/** Exit code of a shell for a program that does not exist. */
export const NOT_FOUND = 127;

/** Linux only. If it is a link, it is busybox's, which does not know `--pdeathsig`. */
const SETPRIV = "/usr/bin/setpriv";

/** Enters `$D`, unless that is empty. With `./`, neither `-` nor CDPATH has a meaning. */
export const ENTER_DIRECTORY: string = `
if [ -n "$D" ]; then
  case $D in /*) ;; *) D=./$D ;; esac
  cd -- "$D" || exit ${DIRECTORY_FAILED}
fi`;

/** Adds `$N` to the niceness, unless that is empty. */
export const BE_NICE = `
if [ -n "$N" ]; then set -- nice -n "$N" "$@"; fi`;

/** A condition of a script: this process can be told of the end of its parent. */
const HAS_SETPRIV = `[ -x ${SETPRIV} ] && [ ! -L ${SETPRIV} ]`;

/**
 * Asks the kernel to end the process when its parent ends, if there is `setpriv` for that: a process
 * in a busy loop does not notice that its initiator is gone. A parent outside of the process namespace
 * (`PPID` 0) is what starts a container's process, and ends as soon as that runs.
 */
export const END_WITH_PARENT: string = `
if [ "$PPID" != 0 ] && ${HAS_SETPRIV}; then
  set -- ${SETPRIV} --pdeathsig KILL "$@"
fi`;

/**
 * Ends the process by SIGTERM, whatever it does with that, where a container was made for it: the first
 * process of a container ignores signals that it does not listen to, and a container does not end with
 * the program that has started it. A shell that is that first process, or is below an `init`, passes
 * SIGTERM on, and SIGKILL a little less than 1 s later. An initiator that is the first process of its
 * own container is no such `init`.
 */
export const END_CONTAINER = `
if [ $$ = 1 ] || { [ "$PPID" = 1 ] && [ ${Deno.pid} != 1 ]; }; then
  set -- sh -c '"$@" &
P=$! K=
exec 3<&- 4>&-
trap "kill -TERM $P
  if [ -z \\"\\$K\\" ]; then K=1; { sleep 0.8 || sleep 1; kill -KILL $P; } 2>/dev/null & fi" TERM
while :; do
  wait $P
  S=$?
  kill -0 $P 2>/dev/null || exit $S
done' sh "$@"
fi`;

/**
 * The same, unless the parent is this process: that has something else to end it, which leaves its
 * executions some time.
 */
export const END_WITH_CARRIER: string = `
if [ "$PPID" != ${Deno.pid} ]; then :${END_WITH_PARENT}
fi`;

/**
 * Waits in the background until its parent `$2` dies, and kills the process group `$1`. If the parent of
 * that, `$3`, is dead as well, the link is cut: then it does so two seconds later, as a gateway has one
 * for its executions. SIGTERM ends it.
 */
const WATCHER = `X=
trap 'kill "$!" 2>/dev/null; wait; exit' TERM
trap 'X=1; kill "$!" 2>/dev/null' HUP
sleep 2147483647 &
[ -z "$X" ] && [ "$PPID" = "$2" ] || kill "$!"
wait "$!"
trap "" TERM
grep -q "^State:.[^XZ]" "/proc/$3/status" 2>/dev/null || sleep 2
${signalGroupBy("KILL", "$1")}`;

/**
 * Begins a script that waits for a gateway, with what ends the process group `$G` if the script itself
 * is killed.
 */
export const WATCH_GROUP = `
if ${HAS_SETPRIV}; then
  ${SETPRIV} --pdeathsig HUP sh -c ${
  quoteWords([WATCHER])
} sh "$G" "$$" "$PPID" </dev/null >/dev/null 2>&1 &
fi`;
