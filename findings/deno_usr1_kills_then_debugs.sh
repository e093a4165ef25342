#!/bin/sh
# SIGUSR1 ends a Deno process in its first half second, and later opens a debugger port instead.
#
# Version: Deno 2.9.6.
# To be expected: either the signal's default (the process ends) or Node's way (a debugger port),
# always the same; and a listener of one's own stands in place of both, as in Node.
# Behaviour: the first, then the second. The port, 9229 of loopback, opens without any permission or
# flag, and also where the program listens for SIGUSR1, which is called as well. Batch systems send
# this signal to say that time is nearly over.
#> at its start: ended, 138
#> at its start, with a listener: listener called, ended, 0
#> after 2 s: Debugger listening on ws://127.0.0.1:9229, ended, 0
#> after 2 s, with a listener: listener called, Debugger listening on ws://127.0.0.1:9229, ended, 0
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >run.js <<'JS'
if (Deno.args[0] === "listen") Deno.addSignalListener("SIGUSR1", () => console.log("listener called"));
console.log("up");
setTimeout(() => {}, 4000);
JS
try() {
  : >output
  deno run run.js "$3" >output 2>&1 &
  deno=$!
  until grep -q up output; do sleep 0.02; done
  sleep "$2"
  kill -USR1 $deno
  code=0
  wait $deno 2>/dev/null || code=$?
  said=$(grep -oE 'listener called|Debugger listening on ws://[0-9.:]+' output | sed 's/$/, /' | tr -d '\n')
  echo "$1: ${said}ended, $code"
}
run() {
  try "at its start" 0 none
  try "at its start, with a listener" 0 listen
  try "after 2 s" 2 none
  try "after 2 s, with a listener" 2 listen
}
see run
