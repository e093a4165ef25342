import { assertEquals, assertRejects } from "@std/assert";
import { ExecnetError, TimeoutError } from "../errors.ts";
import { assert } from "../tests/support/assert.ts";
import { FakeContext } from "../tests/support/fake_context.ts";
import { Binding } from "./binding.ts";
import { type Channel, channelOf } from "./channel.ts";
import { ChannelCore } from "./core.ts";
import { MergedChannels, whenReadable } from "./merge.ts";

/** Channels of one connection, and their cores. */
function setUp(count: number) {
  const context = new FakeContext();
  const cores = Array.from(
    { length: count },
    (_, i) => new ChannelCore(new Binding(context, i + 1), "plain"),
  );
  const channels = cores.map(channelOf);
  return { context, cores, channels, merged: new MergedChannels(channels) };
}

function receive(core: ChannelCore, item: unknown): void {
  core.window.receive(10);
  core.received.put(item, 10);
}

/** The ids and items that an iteration gives. */
async function collect(
  merged: AsyncIterable<[Channel, unknown]>,
): Promise<[id: number, item: unknown][]> {
  return await Array.fromAsync(merged, ([{ id }, item]) => [id, item] as [number, unknown]);
}

Deno.test("MergedChannels gives items in the order in which they were received", async () => {
  const { cores: [a, b], merged } = setUp(2);
  receive(b, 1);
  receive(a, 2);
  const items = collect(merged);
  receive(b, 3);
  a.lifecycle.receiveEnd();
  await Promise.resolve();
  receive(b, 4);
  b.lifecycle.receiveEnd();
  assertEquals(await items, [[2, 1], [1, 2], [2, 3], [2, 4]]);
});

Deno.test("MergedChannels takes nothing that was not asked for", async () => {
  const { cores: [a, b], merged, context } = setUp(2);
  receive(a, 1);
  receive(b, 2);
  assertEquals((await merged.next()).value?.[1], 1);
  assertEquals([a.received.size, b.received.size], [0, 1]);
  await merged.return();
  assertEquals([await b.received.receive(), context.holds], [2, 0]);
});

Deno.test("MergedChannels throws the first error when all have ended, and ends then", async () => {
  const { cores: [a, b], merged } = setUp(2);
  a.lifecycle.closedByPeer(new RangeError("first"));
  receive(b, 1);
  b.lifecycle.closedByPeer(new RangeError("second"));
  assertEquals((await merged.next()).value?.[1], 1);
  await assertRejects(() => merged.next(), RangeError, "first");
  await assertRejects(() => merged.next(), RangeError, "second");
  assertEquals(await merged.next(), { value: undefined, done: true });
});

Deno.test("MergedChannels.return() ends an iteration that waits", async () => {
  const { merged, context } = setUp(2);
  const next = merged.next();
  while (context.holds === 0) await Promise.resolve();
  await merged.return();
  assertEquals(await next, { value: undefined, done: true });
  assertEquals(context.holds, 0);
});

Deno.test("whenReadable() waits for one channel, or for every one", async () => {
  const { cores, context } = setUp(2);
  const one = whenReadable(cores);
  let isEvery = false;
  const every = whenReadable(cores, { every: true }).then(() => isEvery = true);
  receive(cores[0], 1);
  await one;
  assert(!isEvery);
  receive(cores[1], 2);
  await every;
  assertEquals(context.holds, 0);
});

Deno.test("whenReadable() of every channel resolves as soon as one has ended", async () => {
  const { cores } = setUp(2);
  const every = whenReadable(cores, { every: true });
  cores[1].lifecycle.receiveEnd();
  await every;
});

Deno.test("whenReadable() names the silent channels at its timeout, and takes nothing", async () => {
  const { cores, context } = setUp(5);
  receive(cores[0], 1);
  const deadline = performance.now();
  await assertRejects(
    () => whenReadable(cores, { every: true, timeout: 7, deadline }),
    TimeoutError,
    "channel 2 of gw0, channel 3 of gw0, channel 4 of gw0 and 1 more within 7 ms",
  );
  assertEquals([cores[0].received.size, context.holds], [1, 0]);
});

Deno.test("whenReadable() lets go of all channels where one has a callback", async () => {
  const { cores, context } = setUp(2);
  cores[1].received.setConsumer({ kind: "items", call() {} });
  await assertRejects(() => whenReadable(cores), ExecnetError, "it has a callback");
  assertEquals(context.holds, 0);
});

Deno.test("MergedChannels rejects when no item comes in time, and goes on after that", async () => {
  const { cores: [a, b], channels } = setUp(2);
  const merged = new MergedChannels(channels, { timeout: 5 });
  for (let i = 0; i < 2; i++) {
    const error = await assertRejects(() => merged.next(), TimeoutError);
    assertEquals(error.message.startsWith("nothing was received on channel 1 of"), true);
  }
  receive(b, 1);
  a.lifecycle.receiveEnd();
  b.lifecycle.receiveEnd();
  assertEquals(await collect(merged), [[2, 1]]);
});

Deno.test("MergedChannels counts the time of each item from when it is asked for", async () => {
  const { cores: [a], channels } = setUp(1);
  const merged = new MergedChannels(channels, { timeout: 2_000 });
  const late = setTimeout(() => receive(a, 1), 5);
  assertEquals((await merged.next()).value?.[1], 1);
  clearTimeout(late);
  a.lifecycle.receiveEnd();
  assertEquals((await merged.next()).done, true);
});

Deno.test("MergedChannels rejects with the reason of its signal, and takes no item then", async () => {
  const { cores: [a], channels, context } = setUp(1);
  const abort = new AbortController();
  const merged = new MergedChannels(channels, { signal: abort.signal });
  const next = merged.next();
  abort.abort(new RangeError("enough"));
  await assertRejects(() => next, RangeError, "enough");
  receive(a, 1);
  await assertRejects(() => merged.next(), RangeError, "enough");
  await merged.return();
  assertEquals([a.received.size, context.holds], [1, 0]);
  assertEquals((await new MergedChannels(channels).next()).value?.[1], 1);
});
