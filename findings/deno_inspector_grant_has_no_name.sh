#!/bin/sh
# node:inspector asks for the sys grant "inspector", and deno run refuses to give it by that name.
#
# Version: Deno 2.9.6.
# To be expected: what an error asks for can be granted: --allow-sys=inspector, as --allow-sys=hostname.
# Behaviour: the command line does not know the word and does not start, though Deno.permissions.query
# does. Only --allow-sys without names works, which also shows the host's name, network interfaces,
# users and memory. A program that evaluates lines by Runtime.evaluate has to be given all of that.
#> without a grant: NotCapable: Requires sys access to "inspector", run again with the --allow-sys flag
#> --allow-sys=inspector: error: unknown sys descriptor: 'inspector'
#> --allow-sys=hostname: NotCapable: Requires sys access to "inspector", run again with the --allow-sys flag
#> --allow-sys: the value is 3
. "$(dirname "$0")/_lib.sh"
deno_packages

cat >evaluate.js <<'JS'
import { Session } from "node:inspector";
try {
  const session = new Session();
  session.connect();
  session.post("Runtime.evaluate", { expression: "1 + 2" }, (_, { result }) => {
    console.log(`the value is ${result.value}`);
  });
} catch (error) {
  console.log(`${error.name}: ${error.message}`);
}
JS
try() {
  # Behind the first line of an error a stack may follow.
  printf '%s: ' "${1:-without a grant}"
  deno run --quiet --no-prompt $1 evaluate.js 2>&1 | head -n 1
}
run() {
  try ""
  try --allow-sys=inspector
  try --allow-sys=hostname
  try --allow-sys
}
see run
