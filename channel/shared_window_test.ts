/** The window of a connection, between two of them: nothing stops that is read, and nothing leaks. */

import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { assert } from "../tests/support/assert.ts";
import { until } from "../tests/support/deadline.ts";
import { randomFrom } from "../tests/support/random.ts";
import { type Pair, pair, quiet } from "../tests/support/peers.ts";
import { UnboundChannels } from "./mux/unbound.ts";
import { type Channel, coreOf } from "./channel.ts";
import { consumeBytes } from "./consumers.ts";

const MIB = 1024 * 1024;
const SMALL = { memoryBytes: 2 * MIB };

/** Makes channels of the far side, whose ends here nobody reads. */
async function farChannels(
  { remote, near, far }: Pair,
  count: number,
): Promise<[Channel[], Channel[]]> {
  const there = Array.from({ length: count }, () => remote.connection.newChannel());
  await far.send(there);
  return [await near.receive() as Channel[], there];
}

/** Fills the window of the connection by items that nobody reads. */
async function fill(
  it: Pair,
): Promise<{ here: Channel[]; there: Channel[]; sends: Promise<void>[] }> {
  const [here, there] = await farChannels(it, 4);
  const sends = there.map((channel) => channel.send(new Uint8Array(900_000)));
  sends.forEach((sent) => sent.catch(() => {}));
  await quiet(it);
  return { here, there, sends };
}

Deno.test("unread items of many channels take no more than the memory of the connection", async () => {
  await using it = await pair(SMALL);
  const { here } = await fill(it);
  const { unread } = it.initiator.connection.window;
  assert(unread > MIB / 2 && unread <= 2 * MIB, `${unread} bytes`);
  for (const channel of here) {
    assertEquals((await channel.receive() as Uint8Array).length, 900_000);
  }
});

Deno.test("a channel that is read goes on while unread items have used the window up", async () => {
  await using it = await pair(SMALL);
  await fill(it);
  const sending = (async () => {
    for (let i = 0; i < 300; i++) await it.far.send({ i, text: "x".repeat(i * 10) });
    await it.far.send(new Uint8Array(5 * MIB));
  })();
  for (let i = 0; i < 300; i++) assertEquals((await it.near.receive() as { i: number }).i, i);
  assertEquals((await it.near.receive() as Uint8Array).length, 5 * MIB);
  await sending;
});

Deno.test("a callback goes on while unread items have used the window up", async () => {
  await using it = await pair(SMALL);
  await fill(it);
  const all = Promise.withResolvers<void>();
  let count = 0;
  it.near.setCallback(async () => {
    await Promise.resolve();
    if (++count === 200) all.resolve();
  });
  for (let i = 0; i < 200; i++) it.far.send("x".repeat(5_000)).catch(() => {});
  await all.promise;
});

Deno.test("small items that are sent in a row go on while unread items have used the window up", async () => {
  await using it = await pair(SMALL);
  await fill(it);
  const sends = Array.from(
    { length: 2_000 },
    (_, i) => it.far.send({ i, text: "x".repeat(i % 300) }),
  );
  for (let i = 0; i < sends.length; i++) {
    assertEquals((await it.near.receive() as { i: number }).i, i);
  }
  await Promise.all(sends);
});

Deno.test("small items that nobody reads use the window up, and leave nothing of it used when closed", async () => {
  await using it = await pair(SMALL);
  const [here, there] = await farChannels(it, 30);
  for (const channel of there) {
    for (let i = 0; i < 600; i++) channel.send("x".repeat(200)).catch(() => {});
  }
  await quiet(it);
  const { window } = it.initiator.connection;
  assert(window.unread > MIB / 2 && window.unread <= 2 * MIB, `${window.unread} bytes`);
  it.far.send("other").catch(() => {});
  assertEquals(await it.near.receive(), "other");
  for (const channel of here) channel.close();
  for (const channel of here) await channel.waitClose().catch(() => {});
  for (const channel of here) {
    while (await channel.receive().then(() => true, () => false));
  }
  await quiet(it);
  assertEquals(window.unread, 0);
  assertEquals(it.initiator.connection.lost, undefined);
});

Deno.test("several items larger than the memory arrive, one after the other", async () => {
  await using it = await pair(SMALL);
  const [here, there] = await farChannels(it, 3);
  for (const channel of there) channel.send(new Uint8Array(6 * MIB)).catch(() => {});
  const items = await Promise.all(here.map((channel) => channel.receive()));
  assertEquals(items.map((item) => (item as Uint8Array).length), [6 * MIB, 6 * MIB, 6 * MIB]);
  assertEquals(it.initiator.connection.window.unread, 0);
});

Deno.test("an aborted send lets other channels go on while the window is used up", async () => {
  await using it = await pair(SMALL);
  await fill(it);
  const [[, second], there] = await farChannels(it, 2).then(([h, t]) => [h, t] as const);
  const abort = new AbortController();
  const aborted = there[0].send(new Uint8Array(700_000), { signal: abort.signal });
  aborted.catch(() => {});
  await quiet(it);
  abort.abort(new Error("enough"));
  there[1].send("other").catch(() => {});
  assertEquals(await second.receive(), "other");
});

Deno.test("items that were sent before their channel had a connection wait for its window", async () => {
  await using it = await pair(SMALL);
  const { here } = await fill(it);
  const unbound = new UnboundChannels(it.remote.connection.owner, it.remote.connection);
  const there = unbound.newChannel();
  const sent = [new Uint8Array(300_000), "text", new Uint8Array(300_001), new Uint8Array(900_000)];
  const sends = sent.map((item) => there.send(item));
  await sends[0];
  there.closeSend();
  await it.far.send(there);
  const arrived = await it.near.receive() as Channel;
  assertEquals(await Array.fromAsync(arrived), sent);
  assertEquals(it.initiator.connection.lost, undefined);
  assert((await here[0].receive() as Uint8Array).length === 900_000);
});

Deno.test("whatever happens to channels, the window is whole in the end", async () => {
  await using it = await pair(SMALL);
  const next = randomFrom(15);
  const random = (below: number) => Math.floor(next() * below);
  for (let round = 0; round < 12; round++) {
    const [here, there] = await farChannels(it, 6);
    const abort = new AbortController();
    for (const [i, channel] of there.entries()) {
      for (let n = random(6); n >= 0; n--) {
        const size = random(3) === 0 ? random(700_000) : random(2_000);
        const item = random(2) === 0 ? new Uint8Array(size) : { text: "x".repeat(size) };
        const signal = random(4) === 0 ? abort.signal : undefined;
        channel.send(item, { signal }).catch(() => {});
      }
      if (random(2) === 0) {
        here[i].setCallback(() => random(40) === 0 ? Promise.reject() : undefined);
      }
      if (random(3) === 0) channel.closeSend();
    }
    if (random(2) === 0) abort.abort();
    for (const channel of [...here, ...there]) if (random(4) === 0) channel.close();
    for (const channel of here) {
      channel.receive({ timeout: 0 }).catch(() => {});
    }
    await quiet(it);
    for (const channel of here) channel.close();
    await Promise.all(here.map(async (channel) => {
      while (await channel.receive().then(() => true, () => false));
    }));
    await Promise.all(here.map((channel) => channel.waitClose().catch(() => {})));
    await quiet(it);
    assertEquals(it.initiator.connection.window.unread, 0, `round ${round}`);
  }
  for (let i = 0; i < 40; i++) {
    it.far.send(new Uint8Array(100_000)).catch(() => {});
    assertEquals((await it.near.receive() as Uint8Array).length, 100_000);
  }
});

Deno.test("a large item arrives while another channel waits for nothing that comes", async () => {
  await using it = await pair(SMALL);
  await fill(it);
  const [[idle, other], there] = await farChannels(it, 2);
  there[0].send(new Uint8Array(3 * MIB)).catch(() => {});
  assertEquals((await idle.receive() as Uint8Array).length, 3 * MIB);
  idle.receive().catch(() => {});
  there[1].send(new Uint8Array(3 * MIB)).catch(() => {});
  assertEquals((await other.receive() as Uint8Array).length, 3 * MIB);
});

Deno.test("consumers of bytes that have stopped stop nobody else, and leave nothing when they end", async () => {
  await using it = await pair(SMALL);
  const [here, there] = await farChannels(it, 6);
  for (const channel of here.slice(1)) consumeBytes(coreOf(channel), () => {}, () => {});
  for (const channel of there.slice(1)) channel.send(new Uint8Array(900_000)).catch(() => {});
  await quiet(it);
  there[0].send(new Uint8Array(3 * MIB)).catch(() => {});
  assertEquals((await here[0].receive() as Uint8Array).length, 3 * MIB);
  const { window } = it.initiator.connection;
  assert(window.unread > MIB / 2, `${window.unread} bytes`);
  for (const channel of there) channel.close();
  await Promise.all(here.map((channel) => channel.waitClose().catch(() => {})));
  assertEquals(window.unread, 0);
});

Deno.test("items of channels that have ended are freed when nobody has the channels any more", async () => {
  await using it = await pair(SMALL);
  const { window } = it.initiator.connection;
  const used = async () => {
    const [here, there] = await farChannels(it, 10);
    for (const channel of there) {
      await channel.send("x".repeat(1_000));
      channel.closeSend();
      channel.close();
    }
    await quiet(it);
    return here.every(({ closed }) => closed) ? window.unread : 0;
  };
  assertEquals(await used(), 10 * 1_012);
  await until("all is freed", () => {
    (globalThis as unknown as { gc(): void }).gc();
    return window.unread === 0;
  });
});

Deno.test("an item of many channels that have closed is refused before they take much memory", async () => {
  await using it = await pair({ maxDecodedBytes: MIB });
  const [, there] = await farChannels(it, 1_000);
  for (const channel of there) channel.close();
  await quiet(it);
  it.far.send(there).catch(() => {});
  await assertRejects(() => it.near.receive(), ProtocolError, "takes more than 1048576 bytes");
});
