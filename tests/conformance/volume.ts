import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import type { Behaviour } from "./behaviour.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const ECHO = `for await (const item of channel) await channel.send(item);`;

/** Sizes around those of frames and windows. */
const SIZES = [
  1,
  4 * KIB - 10,
  4 * KIB,
  64 * KIB - 9,
  64 * KIB - 5,
  64 * KIB - 1,
  64 * KIB,
  64 * KIB + 1,
  128 * KIB,
  MIB - 14,
  MIB - 9,
  MIB,
  MIB + 1,
  5 * MIB,
];

function pattern(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8)) & 0xff;
  return bytes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Large items and many items. */
export function volumeTests(behaves: Behaviour): void {
  behaves("items of all sizes around frames and windows go both ways", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    for (const size of SIZES) {
      const item = pattern(size);
      const sent = channel.send(item);
      const back = await channel.receive();
      await sent;
      assert(back instanceof Uint8Array);
      assert(same(back, item), `an item of ${size} bytes came back otherwise`);
    }
  });

  behaves("a string and an object of over 5 MiB go both ways", async (gw) => {
    const text = "0123456789abcdef€".repeat(350_000);
    const object = { list: Array.from({ length: 200_000 }, (_, i) => ({ i, text: `item ${i}` })) };
    assert(await gw.call((text: string) => text, text) === text);
    const back = await gw.call((value: typeof object) => value, object);
    assertEquals(back.list.length, 200_000);
    assertEquals(back.list[123_456], { i: 123_456, text: "item 123456" });
  });

  behaves(
    "an item larger than the window arrives where nobody receives in the meantime",
    async (gw) => {
      const channel = gw.remoteExec(`
      await channel.send(new Uint8Array(5 * 1024 * 1024).fill(7));
      await channel.send("after");
    `);
      await gw.remoteStatus();
      const item = await channel.receive();
      assert(item instanceof Uint8Array);
      assertEquals([item.length, item.at(-1)], [5 * MIB, 7]);
      assertEquals(await channel.receive(), "after");
    },
  );

  behaves("a large item arrives although items in front of it are unread", async (gw) => {
    const channel = gw.remoteExec(`
      for (const size of [600_000, 3_000_000, 10, 2_000_000]) channel.send(new Uint8Array(size));
    `);
    const sizes = (await Array.fromAsync(channel)).map((item) => (item as Uint8Array).length);
    assertEquals(sizes, [600_000, 3_000_000, 10, 2_000_000]);
  });

  behaves("10,000 small items arrive in order, both ways at once", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    const received = Array.fromAsync(channel);
    for (let i = 0; i < 10_000; i++) await channel.send(i);
    channel.closeSend();
    assertEquals(await received, Array.from({ length: 10_000 }, (_, i) => i));
  });

  behaves("10,000 small items that nobody awaits arrive in order", async (gw) => {
    const channel = gw.remoteExec(`
      const seen = await Array.fromAsync(channel);
      for (const item of seen) channel.send(item);
    `);
    for (let i = 0; i < 10_000; i++) channel.send({ i });
    channel.closeSend();
    const back = await Array.fromAsync(channel);
    assert(back.every((item, i) => (item as { i: number }).i === i));
    assertEquals(back.length, 10_000);
  });

  behaves("both sides can send more than their windows hold before they receive", async (gw) => {
    const channel = gw.remoteExec(`
      const sent = channel.send(new Uint8Array(4_000_000));
      const item = await channel.receive();
      await sent;
      await channel.send(item.length);
    `);
    const sent = channel.send(new Uint8Array(4_000_000));
    const item = await channel.receive();
    await sent;
    assertEquals((item as Uint8Array).length, 4_000_000);
    assertEquals(await channel.receive(), 4_000_000);
  });

  behaves("a bulk transfer leaves room for other channels", async (gw) => {
    const bulk = gw.remoteExec(`for await (const item of channel);`);
    const small = gw.remoteExec(ECHO);
    await small.send("up"); // an isolated process may take as long to start as the transfer takes
    await small.receive();
    let bulkSent = false;
    const sending = Promise.all(
      Array.from({ length: 8 }, () => bulk.send(new Uint8Array(4 * MIB))),
    ).then(() => bulkSent = true);
    for (let i = 0; i < 3; i++) {
      await small.send(i);
      assertEquals(await small.receive(), i);
    }
    assertEquals(bulkSent, false);
    await sending;
    bulk.closeSend();
    await bulk.waitClose();
  });

  behaves("a channel that nobody reads does not block the others", async (gw) => {
    const stuck = gw.remoteExec(`while (!channel.signal.aborted) {
      await channel.send(new Uint8Array(100_000)).catch(() => {});
    }`);
    for (let i = 0; i < 20; i++) assertEquals(await gw.call((i: number) => i, i), i);
    stuck.close();
    await stuck.waitClose();
  });
}
