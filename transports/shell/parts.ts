/**
 * Parts of the scripts that start a gateway's Deno, in the language of POSIX `sh`. In each, `"$@"` is the
 * command to run in the end.
 *
 * @module
 */

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

/**
 * Asks the kernel to end the process when its parent ends, if there is `setpriv` for that: a process
 * in a busy loop does not notice that its initiator is gone. A parent outside of the process namespace
 * (`PPID` 0) is what starts a container's process, and ends as soon as that runs.
 */
export const END_WITH_PARENT: string = `
if [ "$PPID" != 0 ] && [ -x ${SETPRIV} ] && [ ! -L ${SETPRIV} ]; then
  set -- ${SETPRIV} --pdeathsig KILL "$@"
fi`;

/**
 * Ends the process by SIGTERM, whatever it does with that, where a container was made for it: the first
 * process of a container ignores signals that it does not listen to, and a container does not end with
 * the program that has started it. A shell that is that first process, or is below an `init`, passes
 * SIGTERM on, and SIGKILL a little less than 1 s later.
 */
export const END_CONTAINER = `
if [ $$ = 1 ] || [ "$PPID" = 1 ]; then
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
