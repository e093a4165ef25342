#!/bin/sh
# Deno's Command.spawn() ignores an AbortSignal that is already aborted; output() does not.
#
# Version: Deno 2.9.6.
# To be expected: nothing is started (as fetch() and Deno.readTextFile() reject), or the child is
# ended at once.
# Behaviour: spawn() starts the child, which runs to its end: status 0. output() of the same Command
# ends it by SIGTERM. A signal that is aborted after spawn() works. So a pool that still starts what
# was cancelled while it waited runs it in full.
#> spawn(): 0 null, and it has run
#> output(): 143 SIGTERM
#> spawn(), then abort(): 143 SIGTERM
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >run.ts <<'TS'
const command = (signal: AbortSignal) =>
  new Deno.Command("sh", { args: ["-c", "sleep 1; : >has_run"], signal });
const aborted = AbortSignal.abort();

const spawned = await command(aborted).spawn().status;
const hasRun = await Deno.stat("has_run").then(() => "and it has run", () => "and it has not run");
console.log("spawn():", spawned.code, `${spawned.signal}, ${hasRun}`);

const output = await command(aborted).output();
console.log("output():", output.code, output.signal);

const controller = new AbortController();
const child = command(controller.signal).spawn();
controller.abort();
const ended = await child.status;
console.log("spawn(), then abort():", ended.code, ended.signal);
TS
see deno run -A run.ts
