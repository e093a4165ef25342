import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { runCase } from "./run_case.ts";

/** Reads pages of 2 MiB as slowly as a database takes them. */
const PROGRAM = `
  import { Group } from "@x/execnet";
  await using group = await Group.open(["popen", "popen"]);
  let asked = 0;
  function* urls() {
    while (true) yield "page " + asked++;
  }
  const fetchPage = (_url: string) => new Uint8Array(2 * 1024 * 1024).fill(7);
  let stored = 0;
  let most = 0;
  for await (const _page of group.map(urls(), fetchPage)) {
    stored++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    most = Math.max(most, asked - stored);
    if (stored === 150) break;
  }
  console.log(most * 2);
`;

Deno.test("large results in front of a slow reader take a bounded number of bytes", async () => {
  const { code, stdout } = await runCase(PROGRAM);
  assertEquals(code, 0);
  assert(Number(stdout) >= 4 && Number(stdout) <= 20, `${stdout.trim()} MiB`);
});
