/** What an item knows of its run, and how it is told to stop. */

import { assertEquals, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, Group, type MapContext } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Ends when it is told to stop, and leaves the reason. */
const obedient = (_: unknown, _args: unknown, { signal }: MapContext) =>
  new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => {
      Reflect.set(globalThis, "reason", `${signal.reason.name}: ${signal.reason.message}`);
      resolve();
    });
  });

async function whenExecuting(gateway: Gateway, names: string[]): Promise<void> {
  await until(`${names} on ${gateway.id}`, async () => {
    return `${(await gateway.remoteStatus()).executing}` === `${names}`;
  });
}

test("the function of a map gets the item's index and the gateway", async () => {
  await using group = await Group.open(["popen", "popen"]);
  const tell = (item: string, _: unknown, { index, gateway }: MapContext) =>
    [item, index, gateway.id] as const;
  const items = range(3000).map((n) => `item ${n}`);
  const told = await Array.fromAsync(group.map(items, tell, { concurrency: 2 }));
  assertEquals(told.map(([item, index]) => [item, index]), items.map((item, i) => [item, i]));
  for (const [, , id] of told) assert(id === "gw0" || id === "gw1", id);
});

test("the index is that of the source, also of items that run again", async () => {
  await using group = await Group.open([{ popen: true, output: "null" }]);
  const told = await Array.fromAsync(group.map(range(10), (n: number, _, { index }) => {
    if (n === 4) Deno.exit(1);
    return index;
  }, { respawn: true, onError: () => ({ value: "lost" }), ordered: false, entries: true }));
  told.sort(([a], [b]) => a - b);
  assertEquals(told, range(10).map((n) => [n, n === 4 ? "lost" : n]));
});

for (const how of ["aborted", "left"]) {
  test(`an item sees by its signal that the map was ${how}, and the status tells the truth`, async () => {
    await using host = await MemoryMapHost.make(1);
    const [gateway] = host.gateways;
    const controller = new AbortController();
    const map = host.map([1, 2], obedient, {
      signal: controller.signal,
      name: "charging",
    });
    const next = map.next();
    await whenExecuting(gateway, ["charging"]);
    if (how === "aborted") {
      controller.abort(new RangeError("enough"));
      await assertRejects(() => next, RangeError, "enough");
    } else {
      await map.return?.();
    }
    await whenExecuting(gateway, []);
    const reason = String(Reflect.get(globalThis, "reason"));
    assertEquals(reason, how === "aborted" ? "RangeError: enough" : reason);
    assert(how === "aborted" || reason.startsWith("ChannelClosedError"), reason);
    Reflect.deleteProperty(globalThis, "reason");
  });
}

test("the status names a map as long as an item of it runs that ignores the signal", async () => {
  await using host = await MemoryMapHost.make(1);
  const [gateway] = host.gateways;
  const map = host.map(
    [1, 2, 3],
    () => new Promise((resolve) => Reflect.set(globalThis, "go", resolve)),
    {
      name: "stubborn",
    },
  );
  const first = map.next();
  await whenExecuting(gateway, ["stubborn"]);
  await map.return?.();
  assertEquals((await first).done, true);
  await gateway.remoteStatus();
  assertEquals((await gateway.remoteStatus()).executing, ["stubborn"]);
  Reflect.get(globalThis, "go")();
  await whenExecuting(gateway, []);
});

test("the signal of an item that is done is not aborted with the map", async () => {
  await using host = await MemoryMapHost.make(1);
  const keep = (n: number, _: unknown, { signal }: MapContext) => {
    if (n === 0) Reflect.set(globalThis, "first", signal);
    return n;
  };
  for await (const n of host.map(range(10), keep)) if (n === 5) break;
  const [gateway] = host.gateways;
  await whenExecuting(gateway, []);
  assertEquals(Reflect.get(globalThis, "first").aborted, false);
  Reflect.deleteProperty(globalThis, "first");
});

test("with isolate, an abort ends the processes of items that ignore it", async () => {
  await using group = await Group.open(["popen"]);
  const controller = new AbortController();
  const map = group.map([1, 2], () => {
    for (;;);
  }, { isolate: true, signal: controller.signal, name: "busy", concurrency: 2 });
  const next = map.next();
  const [gateway] = group;
  await whenExecuting(gateway, ["busy", "busy"]);
  controller.abort();
  await assertRejects(() => next, DOMException, "aborted");
  await whenExecuting(gateway, []);
});

test("an item sees that its gateway is asked to end", async () => {
  await using host = await MemoryMapHost.make(1);
  const map = host.map([1, 2], obedient, { concurrency: 2, name: "asked" });
  const lost = assertRejects(() => map.next());
  await whenExecuting(host.gateways[0], ["asked"]);
  await host.gateways[0].terminate();
  await lost;
  assert(String(Reflect.get(globalThis, "reason")).startsWith("GatewayClosedError"));
  Reflect.deleteProperty(globalThis, "reason");
});

test("the args of a map are sent once to a gateway, whatever its concurrency", async () => {
  await using host = await MemoryMapHost.make(1);
  const args = { large: "x".repeat(1000), count: 0 };
  const same = (_n: number, args: { count: number }) => ++args.count;
  const counts = await Array.fromAsync(host.map(range(20), same, { args, concurrency: 4 }));
  assertEquals(counts.sort((a, b) => a - b), range(20).map((n) => n + 1));
  assertEquals(args.count, 0);
});
