import { assertEquals, assertMatch } from "@std/assert";
import { testWith } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

/** A program grants each of its files by itself, and passes on what it has read in a variable. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const files = (count: number) => Array.from({ length: count }, (_, n) => \`/srv/archive/\${n}.json\`);
  for (const spec of [
    { permissions: { read: files(500) } },
    { permissions: { read: files(50_000) } },
    { env: { CONFIG: "x".repeat(300_000) } },
  ]) {
    try {
      await using gw = await makeGateway({ popen: true, ...spec });
      console.log(await gw.call(() => "up"));
    } catch (error) {
      console.log(error.name, error.cause.code, error.message.slice(0, 500));
    }
  }
`;

testWith(
  ["linux"],
  "grants that are too long for a command line are told, with what to do",
  async () => {
    const { stdout } = await runCase(PROGRAM);
    const [few, ...many] = stdout.trim().split("\n");
    assertEquals(few, "up");
    assertEquals(many.length, 2);
    for (const line of many) {
      assertMatch(line, /^LaunchError E2BIG .*Argument list too long.*128 KiB/);
      assertEquals(line.includes("installed?"), false);
    }
  },
);
