/**
 * Runs a function of this file elsewhere, with arguments of its own: what it multiplies by.
 *
 *     deno run --allow-run --allow-env examples/multiplier.ts
 *
 * @module
 */
import { type Channel, ImpureFunctionError, makeGateway } from "@x/execnet";

// Nothing of this file is there when it runs: all that it needs comes in `args`.
async function multiplier(channel: Channel<number, number>, args: { factor: number }) {
  for await (const n of channel) await channel.send(n * args.factor);
}

await using gw = await makeGateway();
const channel = gw.remoteExec(multiplier, { factor: 10 });
for (const n of [1, 2, 3]) {
  await channel.send(n);
  console.log(`${n} * 10 = ${await channel.receive()}`);
}
channel.closeSend();
await channel.waitClose();

// A function that uses what is around it is refused before anything is sent.
const factor = 10;
try {
  gw.remoteExec((channel) => channel.send(factor));
} catch (error) {
  if (!(error instanceof ImpureFunctionError)) throw error;
  for (const { name, line } of error.captured) console.log(`refused: ${name} on line ${line}`);
}
