#!/bin/sh
# shell-quote takes "#" in the middle of a word for the beginning of a comment.
#
# Version: npm shell-quote 1.12.0, on Node 24.22.3, beside dash.
# To be expected: as in every shell: only a "#" at the beginning of a word begins a comment.
# Behaviour: parse() cuts the word there, and all that follows it on the line is gone into { comment
# }. A URL with a fragment, a colour or an issue's number loses its end, and the command its other
# words.
#> sh: <fetch> <http://a/b#c> <-o> <file>
#> shell-quote: ["fetch","http://a/b",{"comment":"c -o file"}]
#> sh: <say> <x>
#> shell-quote: ["say","x",{"comment":" y"}]
. "$(dirname "$0")/_lib.sh"
node_packages shell-quote@1.12.0

cat >run.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { parse } from "shell-quote";
const texts = ["fetch http://a/b#c -o file", "say x # y"];
for (const text of texts) {
  const words = execFileSync("sh", ["-c", `set -- ${text}\nprintf '<%s> ' "$@"`]).toString().trim();
  console.log(`sh: ${words}`);
  console.log(`shell-quote: ${JSON.stringify(parse(text))}`);
}
JS
see node run.mjs
