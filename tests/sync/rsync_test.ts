import { lutimesSync } from "node:fs";
import { assertEquals } from "@std/assert";
import { push } from "../../sync.ts";
import { testWith } from "../support/needs.ts";
import { attributesOf, LONG_AGO, Trees } from "../support/trees.ts";

testWith(["rsync"], "push makes of a tree what rsync -a makes of it, entry by entry", async () => {
  await using trees = await Trees.make();
  trees.write("here", {
    "plain": "1",
    "large": new Uint8Array(200_000).fill(3),
    "empty file": "",
    "d/run.sh": "#!/bin/sh\n",
    "d/e/f/deep": "2",
    "empty/": "",
    "closed/in": "3",
    "-n/--delete": "4",
    "new\nline/\ttab": "5",
  });
  await Deno.chmod(`${trees.here}/d/run.sh`, 0o4755);
  await Deno.chmod(`${trees.here}/plain`, 0o400);
  await Deno.chmod(`${trees.here}/d/e`, 0o2775);
  await Deno.chmod(`${trees.here}/empty`, 0o1777);
  await Deno.chmod(`${trees.here}/closed`, 0o555);
  for (
    const [name, text] of [["in", "d/run.sh"], ["out", "/etc/hosts"], ["d/broken", "no where"]]
  ) {
    await Deno.symlink(text, `${trees.here}/${name}`);
  }
  // rsync takes times within the same second for equal.
  for (const path of Object.keys(trees.read("here"))) {
    lutimesSync(`${trees.here}/${path.replace(/\/$/, "")}`, LONG_AGO, LONG_AGO);
  }
  await Deno.utime(`${trees.here}/d/e`, LONG_AGO, new Date(1_400_000_000_789));
  await Deno.utime(trees.here, LONG_AGO, new Date(1_300_000_000_123));
  const args = ["-a", `${trees.here}/`, trees.path("outside")];
  const { success } = await new Deno.Command("rsync", { args }).output();
  assertEquals(success, true);
  const gateway = await trees.start("popen//allow-read//allow-write");
  await push(trees.here, { gateway, path: trees.there });
  assertEquals(trees.read("there"), trees.read("outside"));
  assertEquals(attributesOf(trees.there), attributesOf(trees.path("outside")));
});
