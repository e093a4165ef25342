/** How much both sides grow while 1 GiB is sent to a consumer that reads nothing for 2 s. */
import { makeGateway } from "@x/execnet";
import { MIB } from "../measure.ts";

/** In MiB; `peak` since {@linkcode resetPeak}. */
function memory(pid: number | "self"): { now: number; peak: number } {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

function resetPeak(pid: number | "self"): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}

const gw = await makeGateway();
const channel = gw.remoteExec(`
  await channel.receive();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await channel.send("reading");
  let size = 0;
  for await (const item of channel) size += item.length;
  await channel.send(size);
`);
const item = new Uint8Array(MIB);
await channel.send(0);
// The memory of what the gateway loads first does not count for the items.
await new Promise((resolve) => setTimeout(resolve, 500));
for (const pid of ["self", gw.remote.pid] as const) resetPeak(pid);
const before = { here: memory("self").now, there: memory(gw.remote.pid).now };
const sent = (async () => {
  for (let i = 0; i < 1024; i++) await channel.send(item);
  channel.closeSend();
})();
await channel.receive();
const stalled = { here: memory("self").peak, there: memory(gw.remote.pid).peak };
await sent;
await channel.receive();
const whole = { here: memory("self").peak, there: memory(gw.remote.pid).peak };
await gw.terminate();
console.log(JSON.stringify({
  stalledHere: stalled.here - before.here,
  stalledThere: stalled.there - before.there,
  wholeHere: whole.here - before.here,
  wholeThere: whole.there - before.there,
}));
