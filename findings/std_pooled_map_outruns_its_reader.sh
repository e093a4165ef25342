#!/bin/sh
# @std/async's pooledMap goes on mapping while nobody reads; leaving its loop is an unhandled
# rejection.
#
# Version: npm deno-std 1.4.0 (a copy of @std), on Node 24.22.3.
# To be expected: the limit bounds what is under way, so the source is read as fast as results are
# taken. After a `break`, what runs is finished or dropped.
# Behaviour: the limit bounds what runs at once, not what is finished and waits: all of the source
# is mapped and held, however slow the reader is; an endless source fills the memory. `break` leaves
# the pump behind it with a closed stream: an unhandled rejection, by which Node and Deno end.
#> limit 2, read 1 result, after 1 s: all of 300 mapped
#> after break: unhandled rejection
. "$(dirname "$0")/_lib.sh"
node_packages deno-std@1.4.0

cat >run.mjs <<'JS'
import { pooledMap } from "deno-std/async/pool.js";
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const items = Array.from({ length: 300 }).keys();
let mapped = 0;
const results = pooledMap(2, items, async (item) => {
  await pause(0);
  mapped++;
  return item;
});
await results[Symbol.asyncIterator]().next();
await pause(1000);
console.log(`limit 2, read 1 result, after 1 s: ${mapped === 300 ? "all" : mapped} of 300 mapped`);

let rejected = false;
process.on("unhandledRejection", () => rejected = true);
for await (const _ of pooledMap(2, [1, 2, 3, 4, 5, 6], async (item) => item)) break;
await pause(200);
console.log("after break:", rejected ? "unhandled rejection" : "nothing");
process.exit();
JS
see node run.mjs
