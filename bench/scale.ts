/**
 * `deno task bench:scale [most]`: the cost of a gateway as a group grows from 1 to `most` (default
 * 256)
 * in powers of two, and whether 100,000 executions make a gateway grow. Writes `results/scale.json`
 * and
 * `scale.svg`. Reads `/proc`: Linux only.
 */
import { Group, makeGateway } from "@x/execnet";
import { plot, type Point } from "./plot.ts";

/** On a busy machine, the last of hundreds may be late. */
const SPEC = "popen//connectTimeout=300000";

/** Its proportional memory in MiB: a page that several Denos share counts in part. */
function memory(pid: number | "self"): number {
  const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? NaN) / 1024;
}

async function measure(gateways: number): Promise<Point> {
  const before = memory("self");
  const start = performance.now();
  await using group = await Group.open(Array.from({ length: gateways }, () => SPEC));
  const started = performance.now() - start;
  const channels = group.remoteExec(`for await (const n of channel) await channel.send(n);`);
  await channels.sendEach(0);
  await channels.receiveEach();
  const echo = performance.now();
  await channels.sendEach(1);
  await channels.receiveEach();
  const echoed = performance.now() - echo;
  const there = Array.from(group, ({ remote }) => memory(remote.pid)).reduce((a, b) => a + b);
  const here = memory("self") - before;
  const ending = performance.now();
  await group.terminate();
  return {
    gateways,
    startMs: started,
    echoMs: echoed,
    endMs: performance.now() - ending,
    mibThere: there,
    mibHere: here,
  };
}

/** Returns the MiB of both sides after each fifth of `count` executions. */
async function executions(count: number): Promise<{ here: number; there: number }[]> {
  await using gateway = await makeGateway();
  const seen: { here: number; there: number }[] = [];
  for (let n = 1; n <= count; n++) {
    const channel = gateway.remoteExec(`await channel.send(args)`, n);
    await channel.receive();
    await channel.waitClose();
    if (n % (count / 5) === 0) {
      seen.push({ here: memory("self"), there: memory(gateway.remote.pid) });
      console.log(`${n} executions:`, seen.at(-1));
    }
  }
  return seen;
}

const most = Number(Deno.args[0] ?? 256);
const points: Point[] = [];
await measure(1); // the first run loads what is loaded once
for (let gateways = 1; gateways <= most; gateways *= 2) {
  const point = await measure(gateways);
  points.push(point);
  const each = Object.entries(point).slice(1)
    .map(([key, value]) => `${key} ${(value / gateways).toFixed(2)}`);
  console.log(`${gateways} gateways, each: ${each.join(", ")}`);
}
const folder = new URL("results/", import.meta.url);
await Deno.mkdir(folder, { recursive: true });
const growth = await executions(100_000);
const json = JSON.stringify({ points, executions: growth }, undefined, 2) + "\n";
await Deno.writeTextFile(new URL("scale.json", folder), json);
await Deno.writeTextFile(new URL("scale.svg", import.meta.url), plot(points));
