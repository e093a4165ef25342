/**
 * How this package's cost grows; prints one line of JSON: for each curve its points, in order.
 *
 * Arguments: the module of the package (default: this one), and the most gateways (default 256).
 */
const [module = new URL("../../mod.ts", import.meta.url).href, most = "256"] = Deno.args;
const { Group, makeGateway }: typeof import("@x/execnet") = await import(module);
type Gateway = import("@x/execnet").Gateway;

const MIB = 1024 * 1024;
const SIZES = [1, 16, 256, 4_096, 65_536, MIB, 16 * MIB, 64 * MIB];
const CHANNELS = [1, 10, 100, 1_000, 10_000];
const MOST_ITEMS = 50_000;
const MOST_BYTES = 256 * MIB;
const EXECUTIONS = 100_000;
/** On a busy machine, the last of hundreds may be late. */
const SPEC = "popen//connectTimeout=300000";

type Points = [x: number, y: number][];

/** The proportional memory of a process in MiB: a page that several Denos share counts in part. */
function memory(pid: number | "self"): number {
  const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? NaN) / 1024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Returns the items per second of each size. */
async function rates(work: (size: number, count: number) => Promise<unknown>): Promise<Points> {
  const points: Points = [];
  for (const size of SIZES) {
    const count = Math.min(MOST_ITEMS, MOST_BYTES / size);
    await work(size, Math.ceil(count / 4));
    const times: number[] = [];
    for (let i = 0; i < 3; i++) times.push(await timed(() => work(size, count)));
    points.push([size, count / median(times) * 1_000]);
  }
  return points;
}

async function sendTo(gw: Gateway, size: number, count: number): Promise<void> {
  const item = new Uint8Array(size);
  const channel = gw.remoteExec(`for await (const _ of channel); await channel.send(0);`);
  for (let i = 0; i < count; i++) await channel.send(item);
  channel.closeSend();
  await channel.receive();
}

async function receiveFrom(gw: Gateway, size: number, count: number): Promise<void> {
  const channel = gw.remoteExec(
    `const item = new Uint8Array(args.size);
    for (let i = 0; i < args.count; i++) await channel.send(item);`,
    { size, count },
  );
  for await (const _ of channel);
}

/** Returns the milliseconds of an item to each of many executions of one gateway, and back. */
async function echoes(gw: Gateway): Promise<Points> {
  const points: Points = [];
  for (const count of CHANNELS) {
    const channels = Array.from(
      { length: count },
      () => gw.remoteExec(`for await (const item of channel) await channel.send(item);`),
    );
    const echo = () =>
      Promise.all(channels.map(async (channel) => {
        await channel.send(1);
        await channel.receive();
      }));
    await echo();
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push(await timed(echo));
    points.push([count, median(times)]);
    await Promise.all(channels.map((channel) => {
      channel.closeSend();
      return channel.waitClose();
    }));
  }
  return points;
}

/** Returns the MiB of both sides after each fifth of the executions, one after the other. */
async function executions(gw: Gateway): Promise<Points> {
  const points: Points = [];
  for (let n = 1; n <= EXECUTIONS; n++) {
    const channel = gw.remoteExec(`await channel.send(args)`, n);
    await channel.receive();
    await channel.waitClose();
    if (n % (EXECUTIONS / 5) === 0) points.push([n, memory("self") + memory(gw.remote.pid)]);
  }
  return points;
}

async function groups(): Promise<Record<string, Points>> {
  const starts: Points = [];
  const echoes: Points = [];
  const there: Points = [];
  const here: Points = [];
  for (let count = 1; count <= Number(most); count *= 2) {
    const before = memory("self");
    const start = performance.now();
    await using group = await Group.open(Array.from({ length: count }, () => SPEC));
    starts.push([count, performance.now() - start]);
    const channels = group.remoteExec(`for await (const n of channel) await channel.send(n);`);
    const echo = async () => {
      await channels.sendEach(1);
      await channels.receiveEach();
    };
    await echo();
    echoes.push([count, await timed(echo)]);
    const pids = Array.from(group, ({ remote }) => remote.pid);
    there.push([count, pids.map(memory).reduce((a, b) => a + b)]);
    here.push([count, Math.max(0.1, memory("self") - before)]);
    await group.terminate();
  }
  return { groupStart: starts, groupEcho: echoes, groupThere: there, groupHere: here };
}

const gw = await makeGateway();
const curves: Record<string, Points> = {
  executions: await executions(gw), // first: what large items leave would count
  channels: await echoes(gw),
  sizesTo: await rates((size, count) => sendTo(gw, size, count)),
  sizesFrom: await rates((size, count) => receiveFrom(gw, size, count)),
};
await gw.terminate();
console.log(JSON.stringify({ ...curves, ...await groups() }));
Deno.exit(0);
