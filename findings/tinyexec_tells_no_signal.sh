#!/bin/sh
# tinyexec does not report the signal that ended a command; with throwOnError its exit code is said
# to be 1.
#
# Version: npm tinyexec 1.4.0, on Node 24.22.3.
# To be expected: exitCode null or 137, and the signal's name; a rejection as of any command that
# failed.
# Behaviour: the result has no exit code and nothing else; `if (result.exitCode) fail()` takes it
# for a success. The error of throwOnError says exitCode 1, which the command never gave. What is
# ended by a signal of AbortController looks like that, too, but a time limit rejects.
#> killed by SIGKILL: resolves, exitCode undefined, killed false
#> exit 3: resolves, exitCode 3, killed false
#> killed by SIGKILL, throwOnError: rejects, exitCode 1
#> timeout: rejects, AbortError
#> abort(): resolves, exitCode undefined, killed true
. "$(dirname "$0")/_lib.sh"
node_packages tinyexec@1.4.0

cat >run.mjs <<'JS'
import { x } from "tinyexec";
const show = async (title, child) => {
  try {
    const { exitCode } = await child;
    console.log(`${title}: resolves, exitCode ${exitCode}, killed ${child.killed}`);
  } catch (error) {
    const what = error.name === "AbortError" ? error.name : `exitCode ${error.exitCode}`;
    console.log(`${title}: rejects, ${what}`);
  }
};
const kill = ["-c", "kill -KILL $$"];
await show("killed by SIGKILL", x("sh", kill));
await show("exit 3", x("sh", ["-c", "exit 3"]));
await show("killed by SIGKILL, throwOnError", x("sh", kill, { throwOnError: true }));
await show("timeout", x("sleep", ["5"], { timeout: 200 }));
const controller = new AbortController();
setTimeout(() => controller.abort(), 200);
await show("abort()", x("sleep", ["5"], { signal: controller.signal }));
JS
see node run.mjs
