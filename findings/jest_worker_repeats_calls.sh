#!/bin/sh
# jest-worker runs a call four times if its worker exits with a status other than 0.
#
# Version: npm jest-worker 30.5.1, on Node 24.22.3.
# To be expected: a call that loses its worker rejects; nobody can know how much of it was done.
# Behaviour: the call is sent to a new worker up to three more times, without an option against it, in
# processes and in threads: what it did is done four times. A worker that exits with 0, or that a signal
# ends, rejects after one run.
#> processes, exit(1): ran 4 times, rejected
#> processes, exit(0): ran 1 times, rejected
#> processes, SIGKILL: ran 1 times, rejected
#> threads, exit(1): ran 4 times, rejected
#> threads, exit(0): ran 1 times, rejected
. "$(dirname "$0")/_lib.sh"
node_packages jest-worker@30.5.1

cat >worker.cjs <<'JS'
const { appendFileSync } = require("node:fs");
exports.leave = (how) => {
  appendFileSync("runs", "x");
  if (how !== "SIGKILL") process.exit(how);
  process.kill(process.pid, how);
  return new Promise(() => {});
};
JS
cat >run.mjs <<'JS'
import { readFileSync, rmSync } from "node:fs";
import { Worker } from "jest-worker";
const path = new URL("worker.cjs", import.meta.url).pathname;
const show = async (kind, how) => {
  rmSync("runs", { force: true });
  const pool = new Worker(path, {
    enableWorkerThreads: kind === "threads",
    exposedMethods: ["leave"],
    numWorkers: 1,
  });
  const result = await pool.leave(how).then(() => "resolved", () => "rejected");
  const title = how === "SIGKILL" ? how : `exit(${how})`;
  console.log(`${kind}, ${title}: ran ${readFileSync("runs").length} times, ${result}`);
};
await show("processes", 1);
await show("processes", 0);
await show("processes", "SIGKILL");
await show("threads", 1);
await show("threads", 0);
process.exit();
JS
see node run.mjs
