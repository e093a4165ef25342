#!/bin/sh
# deno test --ignore=A also runs what deno.json excludes.
#
# Version: Deno 2.9.6.
# To be expected: an option that leaves out more leaves out more.
# Behaviour: the option takes the place of each "exclude" in deno.json, at the top and below "test", and
# adds nothing to it. So a run that is to leave a slow folder out runs or checks generated and
# downloaded files as well. All folders that are excluded have to be said once more.
#> deno test: ./kept/a_test.ts ./slow/a_test.ts
#> deno test --ignore=slow: ./generated/a_test.ts ./kept/a_test.ts ./more/a_test.ts
#> deno test --ignore=slow,generated,more: ./kept/a_test.ts
. "$(dirname "$0")/_lib.sh"
deno_packages

for folder in kept slow generated more; do
  mkdir "$folder"
  echo "Deno.test('$folder', () => {});" >"$folder/a_test.ts"
done
echo '{ "exclude": ["generated/"], "test": { "exclude": ["more/"] } }' >deno.json
try() {
  printf '%s: ' "$*"
  "$@" 2>&1 | sed -n 's/^running .* from //p' | LC_ALL=C sort | paste -sd' ' -
}
run() {
  try deno test
  try deno test --ignore=slow
  try deno test --ignore=slow,generated,more
}
see run
