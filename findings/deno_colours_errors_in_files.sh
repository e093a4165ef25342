#!/bin/sh
# Deno writes uncaught errors with colour codes into files and pipes.
#
# Version: Deno 2.9.6.
# To be expected: colours on a terminal only, unless FORCE_COLOR asks for them; console.log keeps to
# that.
# Behaviour: the runtime's own messages ("error: Uncaught …", type errors of deno check) are
# coloured wherever stderr leads, TERM=dumb or not; NO_COLOR alone stops it. A log that is searched
# for "error: Uncaught" does not have it.
#> console.log, console.error: plain
#> uncaught error: coloured; grep "^error: Uncaught" finds 0
#> uncaught error, TERM=dumb: coloured
#> deno check: coloured
#> uncaught error, NO_COLOR=1: plain
. "$(dirname "$0")/_lib.sh"
deno_packages
unset NO_COLOR FORCE_COLOR

echo 'console.log([1, "a"]); console.error({ a: null });' >console.js
echo 'throw new Error("x");' >throws.js
echo 'const a: number = "text";' >check.ts
colour() {
  grep -q "$(printf '\033')" "$1" && echo coloured || echo plain
}
run() {
  deno run console.js >output 2>&1
  echo "console.log, console.error: $(colour output)"
  deno run throws.js 2>output || true
  echo "uncaught error: $(colour output); grep \"^error: Uncaught\" finds $(grep -c '^error: Uncaught' output)"
  TERM=dumb deno run throws.js 2>output || true
  echo "uncaught error, TERM=dumb: $(colour output)"
  deno check check.ts 2>output || true
  echo "deno check: $(colour output)"
  NO_COLOR=1 deno run throws.js 2>output || true
  echo "uncaught error, NO_COLOR=1: $(colour output)"
}
see run
