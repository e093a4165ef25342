/**
 * Ends process groups when this process dies, however that happens.
 *
 * @module
 */

import type { Socket } from "node:net";
import { mayRunShell, SHELL, signalGroupBy } from "../../internal/shell.ts";
import { quoteWords } from "../shell/words.ts";
import { within } from "../../internal/wait.ts";
import { NodeChild } from "./node_child.ts";

/**
 * Reads `+group command` and `-group`; the command, for `printf %b`, may be empty. At the end of its
 * input, which comes with the end of this process, it gives the groups two seconds, as a gateway has one
 * for its executions. Then it runs the commands of those that are left, and sends SIGTERM, by which
 * carriers give back what they hold, and SIGKILL a second later. A group that is gone is forgotten at
 * once, as its number may be used again. One with a command is a carrier: it may belong to another user
 * (`sudo`), which `kill` does not tell from gone, and it has up to four seconds from SIGTERM to SIGKILL,
 * as the controller that is to take back an allocation may be slow.
 */
const SCRIPT = `trap '' HUP INT TERM
L= P=
while read -r A C; do
  N=\${A#?} R=
  for G in $L; do [ "$G" = "$N" ] || R="$R $G"; done
  case $A in
    +*) R="$R $N"; eval "C$N=\\$C" ;;
    *) unset "C$N" ;;
  esac
  L=$R
done
signal() {
  R= K=
  for G in $L; do
    eval "C=\\\${C$G-}"
    if ${signalGroupBy("0", "$G")} 2>/dev/null || { [ -n "$C" ] && [ -d "/proc/$G" ]; }; then
      R="$R $G" K=$K\${C:+1}
      [ "$1" = 0 ] || [ -n "\${2:+$C}" ] || PATH=/dev/null/ kill "-$1" "-$G" 2>/dev/null
    fi
  done
  L=$R
}
run() {
  for G in $L; do
    eval "C=\\\${C$G-}"
    if [ -n "$C" ]; then
      sh -c "$(printf %b "$C")" </dev/null &
      P="$P $!"
    fi
  done
}
signal 0; [ -n "$L" ] || exit
sleep 1; signal 0; [ -n "$L" ] || exit
sleep 1; signal 0; run; signal TERM
sleep 1; signal KILL others
for I in 1 2 3; do
  [ -n "$K" ] || break
  sleep 1; signal 0
done
signal KILL
[ -n "$P" ] || exit
{ sleep 10; ${signalGroupBy("KILL", "$$")}; } &
wait $P
${signalGroupBy("KILL", "$$")}`;

/** Bounds the wait for the end of the guard, which has nothing more to do. */
const GUARD_END_MS = 1_000;

let guard: NodeChild | undefined;
const groups = new Set<number>();

/**
 * Ends a process group if this process dies first. One shell does so for all groups. It is started for
 * the first one and ends after the last.
 *
 * Does nothing without `--allow-run=/bin/sh`.
 *
 * @param command Is run if the group is still there two seconds after the end of this process. It has 10
 * s.
 * @returns Forgets the group; to be called when its leader has ended. Resolves when nothing of that is
 * left; never rejects.
 */
export function guardGroup(leader: number, command: readonly string[] = []): () => Promise<void> {
  if (!mayRunShell()) return () => Promise.resolve();
  guard ??= start();
  groups.add(leader);
  tell(guard, `+${leader} ${escaped(quoteWords(command))}\n`);
  return async () => {
    groups.delete(leader);
    const current = guard;
    if (current === undefined) return;
    tell(current, `-${leader}\n`);
    if (groups.size > 0) return;
    guard = undefined;
    current.child.stdin?.end();
    current.ref();
    await within(current.exited, GUARD_END_MS);
  };
}

function start(): NodeChild {
  const started = new NodeChild(SHELL, ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const { stdin } = started.child;
  // It may have been ended by somebody.
  stdin?.on("error", () => {});
  started.unref();
  (stdin as Socket | null)?.unref();
  return started;
}

/** Returns a text as `printf %b` decodes it, in one line. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function tell({ child: { stdin } }: NodeChild, line: string): void {
  if (stdin?.writable) stdin.write(line);
}
