/**
 * Collects what remote code prints. Without `output`, each line goes to stderr as `[gw0] line`.
 *
 *     deno run --allow-run --allow-env examples/redirect_output.ts
 *
 * @module
 */
import { makeGateway } from "@x/execnet";

const lines: string[] = [];

const gw = await makeGateway({
  popen: true,
  id: "printer",
  output: (line, stream, gateway) => lines.push(`${gateway.id} ${stream}: ${line}`),
});
await gw.call(() => {
  console.log("one");
  console.log("two");
  console.error("three");
});
// A gateway that has ended has handed over all of its lines.
await gw.terminate();

// Order is kept within stdout and within stderr, but not between them.
for (const line of lines.sort()) console.log(line);
