/** Loops that send: what they leave to others, and what has left when they stop. */

import { assertEquals } from "@std/assert";
import { type Channel, makeGateway } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

/**
 * More than a millisecond of sends on any machine, as each takes a microsecond to make. Without turns,
 * more than that fill a pipe.
 */
const MOST_SENDS = 8_000;

/** Sends 50,000 items; returns how many between two turns of the event loop, at most. */
async function mostSendsInATurn(channel: Channel<unknown, number>): Promise<number> {
  // The types of Deno 2.7 do not have it.
  const { setImmediate } = globalThis as unknown as { setImmediate(run: () => void): void };
  let isOver = false;
  let sends = 0;
  let most = 0;
  const turn = () => {
    most = Math.max(most, sends);
    sends = 0;
    if (!isOver) setImmediate(turn);
  };
  turn();
  let item = 1;
  for (let i = 0; i < 50_000; i++) {
    for (let step = 0; step < 1_000; step++) item = item * 5 & 0x7f;
    sends++;
    await channel.send(item);
  }
  isOver = true;
  await new Promise<void>((resolve) => setImmediate(resolve));
  return most;
}

test("a local loop that sends without end leaves turns of the event loop to others", async () => {
  await using gw = await makeGateway();
  const channel = gw.remoteExec(`for await (const _ of channel);`);
  const most = await mostSendsInATurn(channel);
  assert(most < MOST_SENDS, `${most} sends without a turn`);
});

test("a remote loop that sends without end leaves turns of its event loop to others", async () => {
  await using gw = await makeGateway();
  const channel = gw.remoteExec(`await channel.send(await (${mostSendsInATurn})(channel));`);
  let most = NaN;
  for await (const item of channel) most = item as number;
  assert(most < MOST_SENDS, `${most} sends without a turn`);
});

test("200,000 items that nobody awaits arrive in order, either way", async () => {
  await using gw = await makeGateway();
  const channel = gw.remoteExec(`
    let next = 0;
    for await (const item of channel) if (item !== next++) throw new Error("lost " + (next - 1));
    for (let i = 0; i < next; i++) channel.send(i);
  `);
  for (let i = 0; i < 200_000; i++) channel.send(i);
  channel.closeSend();
  let next = 0;
  for await (const item of channel) assert(item === next++, `lost ${next - 1}`);
  assertEquals(next, 200_000);
});

test("what remote code has sent in a loop arrives although it exits right after", async () => {
  // At first the remote writes to files, later to sockets.
  for (const age of [0, 300]) {
    await using gw = await makeGateway();
    if (age > 0) await gw.remoteExec(`await new Promise((r) => setTimeout(r, ${age}))`).waitClose();
    const channel = gw.remoteExec(`
      for (let i = 0; i < 20; i++) await channel.send(i);
      Deno.exit(3);
    `);
    const seen: unknown[] = [];
    channel.setCallback((item) => seen.push(item));
    assertEquals((await gw.closed).code, 3);
    await channel.waitClose().catch(() => {});
    assertEquals(seen, Array.from({ length: 20 }, (_, i) => i));
  }
});

test("what remote code sends right before it computes without waiting has left", async () => {
  await using directory = await TemporaryDirectory.make();
  const file = `${directory.path}/received`;
  await using gw = await makeGateway({ popen: true, permissions: { read: [directory.path] } });
  const channel = gw.remoteExec(
    `
    for (let round = 0; round < 3; round++) {
      await channel.send("begun " + round);
      await channel.send("computing " + round);
      // Keeps the event loop busy until the other side has both.
      for (;;) {
        try {
          Deno.statSync(args + round);
          break;
        } catch { /* not yet */ }
      }
    }
  `,
    file,
  );
  for (let round = 0; round < 3; round++) {
    assertEquals(await channel.receive(), `begun ${round}`);
    assertEquals(await channel.receive(), `computing ${round}`);
    await Deno.writeTextFile(file + round, "");
  }
  await channel.waitClose();
});
