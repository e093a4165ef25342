/**
 * `deno task bench:processes`: the cost of an own process for an execution, and of a gateway
 * behind another one. Each figure is compared with that of a plain gateway in the same run.
 */
import { type Channel, type ExecOptions, type Gateway, Group } from "@x/execnet";
import { median, MIB, perSecond, timed } from "./measure.ts";

const ECHO = `for await (const item of channel) await channel.send(item);`;
const FIRST = `await channel.send(1)`;
const TAKE = `
  for (let n = 0;;) {
    const item = await channel.receive();
    if (typeof item === "number") await channel.send(n);
    else n += item.length;
  }
`;

const GIVE = `
  const item = new Uint8Array(${MIB});
  for await (const count of channel) for (let i = 0; i < count; i++) await channel.send(item);
`;
const BULK_ITEMS = 200;

/** Returns µs per round trip. */
async function roundTrip(channel: Channel): Promise<number> {
  const count = 3_000;
  const rate = await perSecond(count, async () => {
    for (let i = 0; i < count; i++) {
      await channel.send(i);
      await channel.receive();
    }
  });
  return 1e6 / rate;
}

/** Returns MiB/s to the gateway. */
async function bulkTo(channel: Channel): Promise<number> {
  const item = new Uint8Array(MIB);
  return await perSecond(BULK_ITEMS, async () => {
    for (let i = 0; i < BULK_ITEMS; i++) await channel.send(item);
    await channel.send(0);
    await channel.receive();
  });
}

/** Returns MiB/s from the gateway. */
async function bulkFrom(channel: Channel): Promise<number> {
  return await perSecond(BULK_ITEMS, async () => {
    await channel.send(BULK_ITEMS);
    for (let i = 0; i < BULK_ITEMS; i++) await channel.receive();
  });
}

async function first(gw: Gateway, options: ExecOptions): Promise<void> {
  const channel = gw.remoteExec(FIRST, undefined, options);
  await channel.receive();
  await channel.waitClose();
}

/** Times to the first result of isolated executions, each with a spare process that is up. */
async function ready(gw: Gateway): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    await new Promise((resolve) => setTimeout(resolve, 600));
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

/** The same without a spare process, which narrower permissions do not have. */
async function isolatedStart(gw: Gateway): Promise<number> {
  return await timed(() => first(gw, { permissions: {} }));
}

/** Returns medians of alternating measurements, because the load of the machine varies. */
async function inTurns(count: number, ...works: (() => Promise<number>)[]): Promise<number[]> {
  const figures: number[][] = works.map(() => []);
  for (let i = 0; i < count; i++) {
    for (const [at, work] of works.entries()) figures[at].push(await work());
  }
  return figures.map(median);
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
const isolate = { isolate: true };
await first(near, isolate);
const [plainStart, notReady] = await inTurns(9, start, () => isolatedStart(near));
/** Measures on a gateway, in an isolated execution there, and on a gateway behind it. */
async function compare(code: string, work: (channel: Channel) => Promise<number>) {
  const channels = [
    near.remoteExec(code),
    near.remoteExec(code, undefined, isolate),
    far.remoteExec(code),
  ];
  const works = channels.map((channel) => () => work(channel));
  await inTurns(2, ...works);
  const figures = await inTurns(11, ...works);
  for (const channel of channels) channel.close();
  await Promise.all(channels.map((channel) => channel.waitClose()));
  return figures;
}

const [trip, isolatedTrip, viaTrip] = await compare(ECHO, roundTrip);
const [rateTo, isolatedTo, viaTo] = await compare(TAKE, bulkTo);
const [rateFrom, isolatedFrom, viaFrom] = await compare(GIVE, bulkFrom);
const gatewayTrip = { what: "the gateway's", value: trip };
const gatewayTo = { what: "the gateway's", value: rateTo };
const gatewayFrom = { what: "the gateway's", value: rateFrom };
const lines: Line[] = [
  { title: "isolated, ready: first result", unit: "ms", value: await ready(near), most: 3 },
  {
    title: "isolated, not ready: result and end",
    unit: "ms",
    value: notReady,
    against: { what: "a gateway's start", value: plainStart },
    most: 1.2,
  },
  {
    title: "isolated: round trip",
    unit: "µs",
    value: isolatedTrip,
    against: gatewayTrip,
    most: 1.1,
  },
  {
    title: "isolated: 1 MiB items to it",
    unit: "MiB/s",
    value: isolatedTo,
    against: gatewayTo,
    least: 0.9,
  },
  {
    title: "isolated: 1 MiB items from it",
    unit: "MiB/s",
    value: isolatedFrom,
    against: gatewayFrom,
    least: 0.9,
  },
  { title: "via: round trip", unit: "µs", value: viaTrip, against: gatewayTrip, most: 2.2 },
  { title: "via: 1 MiB items to it", unit: "MiB/s", value: viaTo, against: gatewayTo, least: 0.5 },
  {
    title: "via: 1 MiB items from it",
    unit: "MiB/s",
    value: viaFrom,
    against: gatewayFrom,
    least: 0.5,
  },
];
console.log("| | figure | ratio | target |\n| --- | --: | --: | --- |");
for (const line of lines) console.log(row(line));
