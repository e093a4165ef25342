/**
 * Takes items by a callback instead of `receive`, with a marker after the last one.
 *
 *     deno run --allow-run --allow-env examples/callback.ts
 *
 * @module
 */
import { type Channel, makeGateway } from "@x/execnet";

const END = Symbol("end");

async function countdown(channel: Channel<never, number>, from: number): Promise<void> {
  for (let n = from; n > 0; n--) await channel.send(n);
}

await using gw = await makeGateway();
const channel = gw.remoteExec(countdown, 3);

// One item at a time; if the callback returns a promise, the next item waits for it.
channel.setCallback((item: number | typeof END) => {
  console.log(item === END ? "that was all" : `received ${item}`);
}, { endMarker: END });

// Ends when the remote function has ended and the callback has run for the last time.
await channel.waitClose();
console.log("closed");
