/** This package, measured from a fresh process; prints one line of JSON. */
import { type Gateway, makeGateway } from "@x/execnet";
import { INTEGERS, MIB, OBJECTS, perSecond, rounds, SMALL, timed } from "../measure.ts";

const ECHO = `for await (const item of channel) await channel.send(item);`;

async function first(gw: Gateway): Promise<void> {
  await gw.remoteExec(`await channel.send(1)`).receive();
}

async function start(): Promise<number> {
  return await timed(async () => {
    const gw = await makeGateway();
    await first(gw);
    return () => gw.terminate();
  });
}

async function startMany(): Promise<number> {
  return await timed(async () => {
    const gateways = await Promise.all(Array.from({ length: 16 }, async () => {
      const gw = await makeGateway();
      await first(gw);
      return gw;
    }));
    return () => Promise.all(gateways.map((gw) => gw.terminate()));
  });
}

async function echoRate(gw: Gateway, item: unknown, count: number): Promise<number> {
  const channel = gw.remoteExec(ECHO);
  const rate = await perSecond(count, async () => {
    const received = (async () => {
      for (let i = 0; i < count; i++) await channel.receive();
    })();
    for (let i = 0; i < count; i++) await channel.send(item);
    await received;
  });
  channel.close();
  await channel.waitClose();
  return rate;
}

async function roundTrips(gw: Gateway, count: number): Promise<number> {
  const channel = gw.remoteExec(ECHO);
  const rate = await perSecond(count, async () => {
    for (let i = 0; i < count; i++) {
      await channel.send(i);
      await channel.receive();
    }
  });
  channel.close();
  await channel.waitClose();
  return 1e6 / rate;
}

async function upload(gw: Gateway, mebibytes: number): Promise<number> {
  const item = new Uint8Array(MIB);
  const channel = gw.remoteExec(
    `let size = 0; for await (const item of channel) size += item.length; await channel.send(size)`,
  );
  return await perSecond(mebibytes, async () => {
    for (let i = 0; i < mebibytes; i++) await channel.send(item);
    channel.closeSend();
    await channel.receive();
  });
}

async function download(gw: Gateway, mebibytes: number): Promise<number> {
  return await perSecond(mebibytes, async () => {
    const channel = gw.remoteExec(
      `const item = new Uint8Array(${MIB}); for (let i = 0; i < args; i++) await channel.send(item)`,
      mebibytes,
    );
    for await (const _ of channel);
  });
}

async function underBulk(gw: Gateway): Promise<number> {
  const idle = await roundTrips(gw, 1_000);
  const bulk = gw.remoteExec(`for await (const _ of channel);`);
  const item = new Uint8Array(MIB);
  let sending = true;
  const sent = (async () => {
    while (sending) await bulk.send(item);
  })();
  const busy = await roundTrips(gw, 300);
  sending = false;
  await sent;
  bulk.closeSend();
  await bulk.waitClose();
  return busy / idle;
}

const results: Record<string, number> = {};
results.start = await rounds(9, start);
results.start16 = await rounds(3, startMany);
const gw = await makeGateway();
await roundTrips(gw, 3_000);
results.roundTrip = await rounds(3, () => roundTrips(gw, 3_000));
await echoRate(gw, SMALL, 50_000);
results.integers = await rounds(3, () => echoRate(gw, 7, INTEGERS));
results.objects = await rounds(3, () => echoRate(gw, SMALL, OBJECTS));
results.up = await rounds(3, () => upload(gw, 300));
results.down = await rounds(3, () => download(gw, 300));
await rounds(300, () => first(gw).then(() => 0));
results.exec = 1e6 / await perSecond(1_000, async () => {
  for (let i = 0; i < 1_000; i++) await first(gw);
});
const add = (a: number, b: number) => a + b;
await rounds(300, () => gw.call(add, 1, 2));
results.call = 1e6 / await perSecond(1_000, async () => {
  for (let i = 0; i < 1_000; i++) await gw.call(add, 1, 2);
});
results.underBulk = await rounds(3, () => underBulk(gw));
await gw.terminate();
console.log(JSON.stringify(results));
