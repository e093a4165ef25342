/**
 * Stops executions: one that looks at its signal stops by itself, one that is busy is made to.
 *
 *     deno run --allow-run=/bin/sh --allow-env examples/cancel.ts
 *
 * @module
 */
import { type Channel, makeGateway } from "@x/execnet";

await using gw = await makeGateway();

// In the gateway's own isolate, cancelling is asking: `channel.signal` tells of it.
const polite = gw.remoteExec(async function count(channel: Channel<never, string>) {
  await channel.send("counting");
  let n = 0;
  for (; !channel.signal.aborted; n++) await new Promise((resolve) => setTimeout(resolve, 1));
  console.log(`stopped after ${n > 0 ? "some" : "no"} rounds`); // it may still clean up
});
console.log("polite:", await polite.receive());
polite.close();
await polite.waitClose();

// With a process of its own, a busy loop can be ended, too: 1 s after it was asked to stop.
const controller = new AbortController();
const busy = gw.remoteExec(
  async function spin(channel: Channel<never, string>) {
    await channel.send("spinning");
    for (;;);
  },
  undefined,
  { isolate: true, signal: controller.signal },
);
console.log("busy:", await busy.receive());
console.log("running:", (await gw.remoteStatus()).executing); // the gateway answers all the same
controller.abort();
await busy.waitClose();
console.log("running:", (await gw.remoteStatus()).executing);
