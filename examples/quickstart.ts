/**
 * Starts a local gateway, runs code in it, and talks to that over a channel.
 *
 *     deno run --allow-run --allow-env examples/quickstart.ts
 *
 * @module
 */
import { type Channel, makeGateway } from "@x/execnet";

// A `deno run` of its own, without any permission. It ends with this block.
await using gw = await makeGateway();
console.log(`gateway ${gw.id} runs Deno ${gw.remote.deno} on ${gw.remote.os}`);

// Source text: `channel` and `args` are bound in it.
const channel = gw.remoteExec(`await channel.send((await channel.receive()) + args)`, 1);
await channel.send(41);
console.log("41 + 1 =", await channel.receive());

// A function that uses nothing but its parameters. Its types become those of the local channel.
async function double(channel: Channel<number, number>): Promise<void> {
  for await (const n of channel) await channel.send(2 * n);
}
const doubled = gw.remoteExec(double);
for (const n of [1, 2, 3]) await doubled.send(n);
doubled.closeSend();
for await (const n of doubled) console.log("doubled:", n);

// The shortest way to one result.
console.log("2 to the 10th is", await gw.call((base: number, n: number) => base ** n, 2, 10));
