/**
 * `deno task bench:processes`: what a process of its own costs an execution, and what a gateway
 * behind another one costs. Each figure is compared with the same of a plain gateway, in this run.
 */
import { type ExecOptions, type Gateway, Group } from "@x/execnet";
import { median, MIB, perSecond, rounds, timed } from "./measure.ts";

const ECHO = `for await (const item of channel) await channel.send(item);`;
const FIRST = `await channel.send(1)`;
const TAKE =
  `let n = 0; for await (const item of channel) n += item.length; await channel.send(n);`;

async function roundTrip(gw: Gateway, options: ExecOptions = {}): Promise<number> {
  const channel = gw.remoteExec(ECHO, undefined, options);
  const turn = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await channel.send(i);
      await channel.receive();
    }
  };
  await turn(1_000);
  const rate = await perSecond(2_000, () => turn(2_000));
  channel.close();
  await channel.waitClose();
  return 1e6 / rate;
}

async function bulk(gw: Gateway, options: ExecOptions = {}): Promise<number> {
  const channel = gw.remoteExec(TAKE, undefined, options);
  const item = new Uint8Array(MIB);
  const count = 150;
  const rate = await perSecond(count, async () => {
    for (let i = 0; i < count; i++) await channel.send(item);
    channel.closeSend();
    await channel.receive();
  });
  await channel.waitClose();
  return rate;
}

async function first(gw: Gateway, options: ExecOptions): Promise<void> {
  const channel = gw.remoteExec(FIRST, undefined, options);
  await channel.receive();
  await channel.waitClose();
}

/** First results of isolated executions, each when the process kept ready has come up. */
async function ready(gw: Gateway): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    times.push(
      await timed(async () => {
        const channel = gw.remoteExec(FIRST, undefined, { isolate: true });
        await channel.receive();
        return () => channel.waitClose();
      }),
    );
  }
  return median(times);
}

async function start(): Promise<number> {
  return await timed(async () => {
    const group = new Group();
    await first(await group.makeGateway(), {});
    return () => group.terminate();
  });
}

/** Without a process kept ready: narrower permissions have none. */
async function isolatedStart(gw: Gateway): Promise<number> {
  return await timed(() => first(gw, { permissions: {} }));
}

interface Line {
  title: string;
  unit: string;
  value: number;
  against?: { what: string; value: number };
  most?: number;
  least?: number;
}

function row({ title, unit, value, against, most, least }: Line): string {
  const ratio = value / (against?.value ?? 1);
  const target = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  const met = ratio <= (most ?? Infinity) && ratio >= (least ?? 0);
  const wanted = against === undefined ? `${target} ${unit}` : `${target} × ${against.what}`;
  const digits = value < 100 ? 1 : 0;
  return `| ${title} (${unit}) | ${value.toFixed(digits)} | ${ratio.toFixed(2)} | ${wanted} ${
    met ? "met" : "**missed**"
  } |`;
}

await using group = await Group.open([
  "popen//id=near//allow-run=/bin/sh",
  "popen//id=far//via=near",
]);
const [near, far] = group;
await first(near, { isolate: true });
const trip = await rounds(3, () => roundTrip(near));
const rate = await rounds(3, () => bulk(near));
const isolate = { isolate: true };
const lines: Line[] = [
  { title: "isolated, ready: first result", unit: "ms", value: await ready(near), most: 3 },
  {
    title: "isolated, not ready: result and end",
    unit: "ms",
    value: await rounds(9, () => isolatedStart(near)),
    against: { what: "a gateway's start", value: await rounds(9, start) },
    most: 1.2,
  },
  {
    title: "isolated: round trip",
    unit: "µs",
    value: await rounds(3, () => roundTrip(near, isolate)),
    against: { what: "the gateway's", value: trip },
    most: 1.1,
  },
  {
    title: "isolated: 1 MiB items",
    unit: "MiB/s",
    value: await rounds(3, () => bulk(near, isolate)),
    against: { what: "the gateway's", value: rate },
    least: 0.9,
  },
  {
    title: "via: round trip",
    unit: "µs",
    value: await rounds(3, () => roundTrip(far)),
    against: { what: "the gateway's", value: trip },
    most: 2.2,
  },
  {
    title: "via: 1 MiB items",
    unit: "MiB/s",
    value: await rounds(3, () => bulk(far)),
    against: { what: "the gateway's", value: rate },
    least: 0.5,
  },
];
console.log("| | figure | ratio | target |\n| --- | --: | --: | --- |");
for (const line of lines) console.log(row(line));
