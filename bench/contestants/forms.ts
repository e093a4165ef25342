/** Streams of integers in the forms that people write; prints one line of JSON. */
import { type Channel, type Gateway, makeGateway } from "@x/execnet";
import { INTEGERS, OBJECTS, perSecond, rounds, SMALL } from "../measure.ts";

const COUNT = `let count = 0; for await (const _ of channel) count++; await channel.send(count);`;

type Form = (channel: Channel, count: number) => Promise<unknown> | void;

const TO: Record<string, Form> = {
  async loopTo(channel, count) {
    for (let i = 0; i < count; i++) await channel.send(i);
    channel.closeSend();
  },
  async writerTo({ writable }, count) {
    const writer = writable.getWriter();
    for (let i = 0; i < count; i++) await writer.write(i);
    await writer.close();
  },
  pipeTo: ({ writable }, count) => ReadableStream.from(integers(count)).pipeTo(writable),
  burstTo(channel, count) {
    for (let i = 0; i < count; i++) channel.send(i);
    channel.closeSend();
  },
  async allTo(channel, count) {
    await Promise.all(Array.from({ length: count }, (_, i) => channel.send(i)));
    channel.closeSend();
  },
};

const FROM: Record<string, (gw: Gateway, count: number) => Channel> = {
  loopFrom: (gw, count) =>
    gw.remoteExec(`for (let i = 0; i < args; i++) await channel.send(i);`, count),
  generatorFrom: (gw, count) =>
    gw.remoteExec(async function* (_, count: number) {
      for (let i = 0; i < count; i++) yield i;
    }, count),
  burstFrom: (gw, count) => gw.remoteExec(`for (let i = 0; i < args; i++) channel.send(i);`, count),
  allFrom: (gw, count) =>
    gw.remoteExec(
      `await Promise.all(Array.from({ length: args }, (_, i) => channel.send(i)));`,
      count,
    ),
};

function* integers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
}

async function iterate(channel: Channel): Promise<void> {
  for await (const _ of channel);
}

function callBack(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    channel.setCallback((item) => {
      if (item === undefined) resolve();
    }, { endMarker: undefined });
  });
}

/** As `fork` is written: the next item is sent by the callback of a received one. */
async function echoByCallback(gw: Gateway, item: unknown, count: number): Promise<number> {
  const channel = gw.remoteExec((channel: Channel) => {
    channel.setCallback((item) => void channel.send(item));
    return channel.waitClose();
  });
  const rate = await perSecond(count, () =>
    new Promise((resolve) => {
      let sent = 0;
      let received = 0;
      channel.setCallback(() => {
        received++;
        if (sent < count) channel.send(item), sent++;
        if (received === count) resolve();
      });
      for (; sent < 2_000; sent++) channel.send(item);
    }));
  channel.close();
  await channel.waitClose();
  return rate;
}

await using gw = await makeGateway();
const results: Record<string, number> = {};
for (const [key, form] of Object.entries(TO)) {
  results[key] = await rounds(3, () =>
    perSecond(INTEGERS, async () => {
      const channel = gw.remoteExec(COUNT);
      await form(channel, INTEGERS);
      await channel.receive();
    }));
}
for (const [key, form] of Object.entries(FROM)) {
  results[key] = await rounds(3, () => perSecond(INTEGERS, () => iterate(form(gw, INTEGERS))));
}
results.callbackFrom = await rounds(
  3,
  () => perSecond(INTEGERS, () => callBack(FROM.loopFrom(gw, INTEGERS))),
);
results.integersByCallback = await rounds(3, () => echoByCallback(gw, 7, INTEGERS));
results.objectsByCallback = await rounds(3, () => echoByCallback(gw, SMALL, OBJECTS));
console.log(JSON.stringify(results));
