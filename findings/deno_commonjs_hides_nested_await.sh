#!/bin/sh
# Beside a package.json with "type": "commonjs", Deno does not see top-level await within a for or
# if.
#
# Version: Deno 2.9.6.
# To be expected: a .ts file with await at top level is a module, wherever the await stands; `npm
# init -y` has begun to write "type": "commonjs".
# Behaviour: an await in a statement of its own is found, one within a for or if is not: the file is
# run as CommonJS, and the error is about a cycle of require(), though the file imports nothing.
#> await alone: 1
#> await in for: error: Uncaught (in promise) Error: Cannot require() ES Module file:///…/run.ts in a cycle.
#> await in if: error: Uncaught (in promise) Error: Cannot require() ES Module file:///…/run.ts in a cycle.
#> await in for, and an export: 1
#> await in for, without "type": 1
. "$(dirname "$0")/_lib.sh"
deno_packages

try() {
  mkdir -p project
  echo "$2" >project/package.json
  echo "$3" >project/run.ts
  echo "$1: $(cd project && deno run run.ts 2>&1 | sed "s,file://.*/run,file:///…/run,;q")"
}
run() {
  try "await alone" '{"type":"commonjs"}' 'console.log(await Promise.resolve(1));'
  try "await in for" '{"type":"commonjs"}' 'for (const one of [1]) console.log(await Promise.resolve(one));'
  try "await in if" '{"type":"commonjs"}' 'if (Deno.pid) console.log(await Promise.resolve(1));'
  try "await in for, and an export" '{"type":"commonjs"}' \
    'export {}; for (const one of [1]) console.log(await Promise.resolve(one));'
  try 'await in for, without "type"' '{}' 'for (const one of [1]) console.log(await Promise.resolve(one));'
}
see run
