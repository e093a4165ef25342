#!/bin/sh
# The JUnit report of deno test does not mention a file that fails while it is loaded.
#
# Version: Deno 2.9.6.
# To be expected: an element of kind `error` for the file, as JUnit has for just that.
# Behaviour: exit status 1 and an error on stderr, but the report counts no error and no failure,
# and has no suite of that name: a dashboard that reads reports shows all green.
#> exit status: 1
#> tests="1" failures="0" errors="0"
#> suites: ./good_test.ts
. "$(dirname "$0")/_lib.sh"
deno_packages

echo 'Deno.test("passes", () => {});' >good_test.ts
echo 'throw new Error("no database");' >broken_test.ts
run() {
  code=0
  deno test --junit-path=report.xml >output 2>&1 || code=$?
  echo "exit status: $code"
  grep -oE 'tests="1" failures="[0-9]+" errors="[0-9]+"' report.xml | head -1
  echo "suites:" $(sed -n 's/.*testsuite name="\([^"]*\)".*/\1/p' report.xml)
}
see run
