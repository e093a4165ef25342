#!/bin/sh
# deno test does not check for leaks by default any more: open files and running timers pass.
#
# Version: Deno 2.9.6, beside 2.7.14.
# To be expected: the sanitizers of operations and resources are on by default, as they were from
# the first versions on.
# Behaviour: they are off unless a test, or the configuration, asks for them. A suite that leaks
# stays green when Deno is upgraded, with no word of it.
#> 2.7.14: 1 passed, 2 failed
#> 2.9.6: 3 passed, 0 failed
#> 2.9.6, asked for: 1 passed, 2 failed
. "$(dirname "$0")/_lib.sh"
deno_packages "old-deno@npm:@deno/linux-x64-glibc@2.7.14"

cat >leaks_test.ts <<'TS'
const asked = Deno.env.get("ASKED") ? { sanitizeOps: true, sanitizeResources: true } : {};
Deno.test({ name: "leaves a timer", ...asked, fn: () => void setTimeout(() => {}, 100_000) });
Deno.test({ name: "leaves a file open", ...asked, fn: () => void Deno.openSync("/etc/hostname") });
Deno.test({ name: "leaves nothing", ...asked, fn: () => {} });
TS
count() {
  "$1" test -A leaks_test.ts 2>&1 | sed -n 's/^.* | \([0-9]* passed\) | \([0-9]* failed\).*/\1, \2/p'
}
run() {
  echo "2.7.14: $(count node_modules/old-deno/deno)"
  echo "2.9.6: $(count deno)"
  echo "2.9.6, asked for: $(ASKED=1 count deno)"
}
see run
