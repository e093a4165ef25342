/**
 * What the scripts that start a gateway's Deno have in common, in the language of POSIX `sh`. In
 * each, `"$@"` is the command to run in the end.
 *
 * @module
 */

/** Exit code where {@linkcode ENTER_DIRECTORY} failed. */
export const DIRECTORY_FAILED = 125;
/** Exit code of a shell for a program that it may not execute. */
export const NOT_EXECUTABLE = 126;
/** Exit code of a shell for a program that is not there. */
export const NOT_FOUND = 127;

/** Linux only. Where it is a link, it is busybox's, which does not know `--pdeathsig`. */
const SETPRIV = "/usr/bin/setpriv";

/** Goes to `$D`, unless that is empty. `./` keeps `-` and CDPATH out of it. */
export const ENTER_DIRECTORY: string = `
if [ -n "$D" ]; then
  case $D in /*) ;; *) D=./$D ;; esac
  cd -- "$D" || exit ${DIRECTORY_FAILED}
fi`;

/** Adds `$N` to the niceness, unless that is empty. */
export const BE_NICE = `
if [ -n "$N" ]; then set -- nice -n "$N" "$@"; fi`;

/**
 * A busy loop does not see that its initiator is gone: the kernel ends it when its parent ends,
 * where `setpriv` can ask for that. A parent outside of our process namespace (`PPID` 0) is the
 * starter of a container's process, which ends as soon as that runs.
 */
export const END_WITH_PARENT: string = `
if [ "$PPID" != 0 ] && [ -x ${SETPRIV} ] && [ ! -L ${SETPRIV} ]; then
  set -- ${SETPRIV} --pdeathsig KILL "$@"
fi`;
