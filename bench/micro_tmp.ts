import { pair } from "../tests/support/peers.ts";
import process from "node:process";
async function cpu(f: () => Promise<number>) {
  const s = process.cpuUsage();
  const n = await f();
  const e = process.cpuUsage(s);
  return (e.user + e.system) * 1000 / n;
}
await using it = await pair();
const { near, far } = it;
async function many(item: unknown, n: number) {
  const received = (async () => {
    for (let i = 0; i < n; i++) await far.receive();
  })();
  for (let i = 0; i < n; i++) {
    const s = near.send(item);
    if (i % 500 === 0) await s;
  }
  await received;
  return n;
}
async function trips(n: number) {
  for (let i = 0; i < n; i++) {
    await near.send(i);
    await far.receive();
    await far.send(i);
    await near.receive();
  }
  return n;
}
async function bulk(n: number) {
  const item = new Uint8Array(1 << 20);
  const received = (async () => {
    for (let i = 0; i < n; i++) await far.receive();
  })();
  for (let i = 0; i < n; i++) await near.send(item);
  await received;
  return n;
}
async function chans(n: number) {
  for (let i = 0; i < n; i++) {
    const c = it.initiator.connection.newChannel();
    c.close();
    if (i % 100 === 0) await it.initiator.connection.requestStatus();
  }
  return n;
}
async function iter(item: unknown, n: number) {
  const received = (async () => {
    let c = 0;
    for await (const _ of far) if (++c === n) break;
  })();
  for (let i = 0; i < n; i++) {
    const s = near.send(item);
    if (i % 500 === 0) await s;
  }
  await received;
  return n;
}
const r: Record<string, number> = {};
const obj = { name: "x", n: 1, list: [1, 2, 3] };
async function least(f: () => Promise<number>, k = 7) {
  let m = Infinity;
  for (let i = 0; i < k; i++) m = Math.min(m, await cpu(f));
  return m;
}
await many(7, 200_000);
await trips(2000);
await many(obj, 50_000);
await bulk(50);
r.ints = await least(() => many(7, 300_000));
r.objs = await least(() => many(obj, 80_000));
r.iter = await least(() => iter(7, 300_000));
r.trip = await least(() => trips(2_000));
r.bulk = await least(() => bulk(100), 4);
await chans(3000);
r.chan = await least(() => chans(10_000));
console.log(JSON.stringify(r));
