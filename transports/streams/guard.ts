/**
 * Ends process groups when this process dies, however that happens.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { mayRunShell, SHELL } from "../../internal/shell.ts";
import { within } from "../../internal/wait.ts";

/**
 * Reads `+group` and `-group`. At the end of its input, which comes with the end of this process, it
 * gives the groups two seconds, as a gateway has one for its executions; then it sends SIGTERM, by which
 * carriers give back what they hold, and SIGKILL a second later. A group that is gone is forgotten at
 * once, as its number may be used again.
 */
const SCRIPT = `trap '' HUP INT TERM
L=
while read -r A; do
  R=
  for G in $L; do [ "$G" = "\${A#-}" ] || R="$R $G"; done
  case $A in +*) R="$R \${A#+}" ;; esac
  L=$R
done
signal() {
  R=
  for G in $L; do if PATH=/dev/null/ kill "-$1" "-$G" 2>/dev/null; then R="$R $G"; fi; done
  L=$R
  [ -n "$L" ] || exit
}
signal 0; sleep 1; signal 0; sleep 1; signal TERM; sleep 1; signal KILL`;

/** Bounds the wait for the end of the guard, which has nothing more to do. */
const GUARD_END_MS = 1_000;

let guard: { child: ChildProcess; ended: Promise<void> } | undefined;
const groups = new Set<number>();

/**
 * Ends a process group if this process dies first. One shell does so for all groups. It is started for
 * the first one and ends after the last.
 *
 * Does nothing without `--allow-run=/bin/sh`.
 *
 * @returns Forgets the group; to be called when its leader has ended. Resolves when nothing of that is
 * left; never rejects.
 */
export function guardGroup(leader: number): () => Promise<void> {
  if (!mayRunShell()) return () => Promise.resolve();
  guard ??= start();
  groups.add(leader);
  tell(guard.child, `+${leader}\n`);
  return async () => {
    groups.delete(leader);
    const current = guard;
    if (current === undefined) return;
    tell(current.child, `-${leader}\n`);
    if (groups.size > 0) return;
    guard = undefined;
    current.child.stdin?.end();
    current.child.ref();
    await within(current.ended, GUARD_END_MS);
  };
}

function start(): NonNullable<typeof guard> {
  const child = spawn(SHELL, ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    for (const event of ["exit", "error"]) child.once(event, () => resolve());
  });
  // It may have been ended by somebody.
  child.stdin?.on("error", () => {});
  child.unref();
  (child.stdin as Socket | null)?.unref();
  return { child, ended };
}

function tell({ stdin }: ChildProcess, line: string): void {
  if (stdin?.writable) stdin.write(line);
}
