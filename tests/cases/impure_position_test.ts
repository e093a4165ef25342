/** Where a captured name is, in a file with comments, types and breaks that Deno does not keep. */

import { assertEquals, assertMatch } from "@std/assert";
import { typedTest } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

const PROGRAM = `import { type Channel, ImpureFunctionError, makeGateway } from "@x/execnet";
import { scaled } from "./scaled.ts";
const rate = 3;

await using gw = await makeGateway();
const show = (error: unknown) => {
  if (!(error instanceof ImpureFunctionError)) throw error;
  console.log(error.message.split(". ")[0]);
};
const attempt = async (run: () => unknown) => { try { await run(); } catch (error) { show(error); } };

await attempt(() => gw.remoteExec(async (channel: Channel<number, number>, options: {
  offset: number;
} = {
  offset: 1,
}) => {
  // Neither this comment nor the type is in what Deno runs.
  type Pair = [
    number,
    number,
  ];

  for await (const n of channel) await channel.send(n * rate + options.offset); // line 24
}));
await attempt(() => gw.call(scaled, 1));
await attempt(() => Array.fromAsync(gw.group.map([1], (n: number) => n * rate))); // line 27
await gw.remoteExec("const a = 1;\\nlet b = ;").receive().catch((e) => console.log(e.message));
`;

const SCALED = `const scale = 2;
/** Sent from another file. */
export function scaled(n: number): number {
  return n * scale;
}
`;

typedTest("captured names have the file, line and column where they were written", async () => {
  const { stdout, stderr } = await runCase(PROGRAM, { files: { "scaled.ts": SCALED } });
  const [channel, imported, map, text] = stdout.split("\n");
  const rate = PROGRAM.split("\n").flatMap((line, i) =>
    /line \d+$/.test(line) ? [`case.ts:${i + 1}:${line.indexOf("rate") + 1}`] : []
  );
  assertMatch(channel, new RegExp(`rate \\(file:///.*/${rate[0]}\\)$`), stderr);
  assertMatch(imported, /"scaled": .*scale \(file:\/\/\/.*\/scaled\.ts:4:14\)$/);
  assertMatch(map, new RegExp(`rate \\(file:///.*/${rate[1]}\\)$`));
  assertEquals(text, "Unexpected token ';' at remoteExec:2:9");
});
