/** A file that is a program of its own, and a module that is sent. */

import { assertEquals } from "@std/assert";
import { typedTest } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

const JOB = `#!/usr/bin/env -S deno run --allow-read
declare const channel: { send(item: unknown): Promise<void> } | undefined;
const words = ["sent", "started"];
if (typeof channel === "undefined") console.log(words[1]);
else await channel.send(words[0]);
`;

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  import "./job.ts";
  await using gw = await makeGateway();
  console.log(await gw.remoteExec(new URL("./job.ts", import.meta.url)).receive());
  const text = await Deno.readTextFile(new URL("./job.ts", import.meta.url));
  console.log(await gw.remoteExec(text).receive());
`;

typedTest("a file with a #! line is sent, as a module and as text", async () => {
  const { stdout, stderr } = await runCase(PROGRAM, { files: { "job.ts": JOB } });
  assertEquals(stdout, "started\nsent\nsent\n", stderr);
});
