/** Unstable features that the initiator's `deno.json` asks for. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const features = () => ["openKv", "cron"].filter((name) => name in Deno).join();
  console.log("here", features());
  for (const unstable of [undefined, "cron", []]) {
    await using gw = await makeGateway({ popen: true, unstable });
    console.log(unstable ?? "default", await gw.call(features));
  }
`;

const FILES = { "deno.json": `{ "unstable": ["kv"] }` };

test("a gateway has the features of its initiator's deno.json, unless its spec names others", async () => {
  const { stdout, stderr } = await runCase(PROGRAM, { files: FILES });
  assertEquals(stdout, "here openKv\ndefault openKv\ncron cron\n[] \n", stderr);
});

test("a deno.json that the initiator may not read gives gateways no features, and no prompt", async () => {
  const flags = ["--allow-run=/bin/sh", "--allow-env"];
  const { stdout, stderr } = await runCase(PROGRAM, { files: FILES, flags });
  assertEquals(stdout, "here openKv\ndefault \ncron cron\n[] \n", stderr);
});
