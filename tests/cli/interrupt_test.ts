/** Ctrl-C. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../support/bounded.ts";
import { startExecnet } from "../support/cli.ts";
import { whenGone } from "../support/processes.ts";

test("the first Ctrl-C asks: code that listens has its finally, and the status is 130", async () => {
  await using program = startExecnet([
    "exec",
    "-e",
    `
    await channel.send(Deno.pid);
    await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
    console.log("cleaned up");`,
  ]);
  const [pid] = await program.printed(/^\d+$/m);
  program.kill("SIGINT");
  const { code, stderr } = await program.result();
  assertEquals(code, 130);
  assertStringIncludes(stderr, "[gw0] cleaned up\n");
  assertStringIncludes(stderr, "interrupted");
  await whenGone(Number(pid));
});

test("the second Ctrl-C kills what does not listen, and leaves nothing behind", async () => {
  await using program = startExecnet([
    "exec",
    "-w",
    "2*popen",
    "-e",
    `
    await channel.send(Deno.pid);
    for (;;);`,
  ]);
  const [, first, second] = await program.printed(/(\d+)\n\[gw\d\] (\d+)\n/);
  program.kill("SIGINT");
  await program.complained(/Ctrl-C again kills/);
  const start = performance.now();
  program.kill("SIGINT");
  assertEquals((await program.result()).code, 130);
  assertEquals(performance.now() - start < 4_000, true);
  await whenGone(Number(first));
  await whenGone(Number(second));
});
