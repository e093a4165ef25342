#!/bin/sh
# zx's $.sync does not throw when its command fails; it ends the program by an unhandled rejection.
#
# Version: npm zx 8.8.5, on Node 24.22.3.
# To be expected: it throws a ProcessOutput where the call stands, as await $`…` does.
# Behaviour: no try block sees it. The call returns its output, with the exit code in it, and the
# failure is a rejected promise that nobody holds: the program goes on to its next turn and dies
# there.
#> returned, exit code 2
#> went on behind it
#> exit status 1
. "$(dirname "$0")/_lib.sh"
node_packages zx@8.8.5

cat >run.mjs <<'JS'
import { $ } from "zx";
$.verbose = false;
try {
  const { exitCode } = $.sync`exit 2`;
  console.log("returned, exit code", exitCode);
} catch (error) {
  console.log("caught, exit code", error.exitCode);
}
console.log("went on behind it");
setTimeout(() => console.log("reached the end"), 1000);
JS
run() {
  node run.mjs 2>/dev/null
}
see run
