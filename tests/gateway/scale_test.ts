/** Many gateways, channels and executions. `deno task bench:scale` measures up to 256 gateways. */

import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Channel, type Gateway, Group, makeGateway } from "../../mod.ts";
import { whenGone } from "../support/processes.ts";
import { test } from "../support/bounded.ts";

const GATEWAYS = 32;
const CHANNELS = 10_000;
const EXECUTIONS = 20_000;
/** In MiB. V8 collects late; a leak of each execution would be far larger. */
const MOST_GROWTH_MIB = 24;

/** In MiB. */
function heapOf(gateway: Gateway): Promise<number> {
  return gateway.call(() => Deno.memoryUsage().heapUsed / 2 ** 20);
}

test(`a group of ${GATEWAYS} gateways starts, answers and ends`, async () => {
  const group = await Group.open(Array.from({ length: GATEWAYS }, () => "popen"));
  const pids = await group.remoteExec((channel) => channel.send(Deno.pid)).receiveEach();
  assertEquals(pids, Array.from(group, ({ remote }) => remote.pid));
  await group.terminate();
  for (const pid of pids as number[]) await whenGone(pid, 0);
});

test(`a gateway has ${CHANNELS} channels at a time, and none afterwards`, async () => {
  await using gateway = await makeGateway();
  const channels: Channel<number, number>[] = Array.from(
    { length: CHANNELS },
    () => gateway.newChannel<number, number>(),
  );
  const echo = gateway.remoteExec(`
    const all = await channel.receive();
    await channel.send(all.length);
    await Promise.all(all.map(async (each) => {
      for await (const n of each) await each.send(n + 1);
      each.closeSend();
    }));
  `);
  await echo.send(channels);
  assertEquals(await echo.receive(), CHANNELS);
  await Promise.all(channels.map((channel, n) => channel.send(n)));
  const answers = await Promise.all(channels.map((channel) => channel.receive()));
  assertEquals(answers, channels.map((_, n) => n + 1));
  for (const channel of channels) channel.closeSend();
  await Promise.all(channels.map((channel) => channel.waitClose()));
  await echo.waitClose();
  assertEquals((await gateway.remoteStatus()).channels, 0);
});

test(`${EXECUTIONS} executions, one after the other, leave nothing behind`, async () => {
  await using gateway = await makeGateway();
  const run = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const channel = gateway.remoteExec(`await channel.send(args)`, n);
      if (await channel.receive() !== n) throw new Error(`execution ${n} gave another's answer`);
      await channel.waitClose();
    }
  };
  await run(2_000);
  const before = await heapOf(gateway);
  await run(EXECUTIONS - 2_000);
  const { channels, executing } = await gateway.remoteStatus();
  assertEquals([channels, executing], [0, []]);
  const growth = await heapOf(gateway) - before;
  assert(growth < MOST_GROWTH_MIB, `the heap grew by ${growth} MiB`);
});
