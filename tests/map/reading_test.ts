/** How a map follows its reader: what it pulls, what it holds back, and how it is left. */

import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

test("a map pulls from an endless source only as fast as its results are read", async () => {
  await using host = await MemoryMapHost.make(2);
  for (const isAsync of [false, true]) {
    for (const ordered of [true, false]) {
      let pulled = 0;
      let ended = false;
      const numbers = function* () {
        try {
          for (;;) yield pulled++;
        } finally {
          ended = true;
        }
      };
      const later = async function* () {
        for (const n of numbers()) yield await Promise.resolve(n);
      };
      const map = host.map(isAsync ? later() : numbers(), (n: number) => n, { ordered });
      assertEquals(pulled, 0);
      await map.next();
      await until("the first items", () => pulled >= 8);
      for (let i = 0; i < 50; i++) await host.gateways[i % 2].remoteStatus();
      assert(pulled <= 1 + 8, `${pulled} were pulled`);
      for (let i = 1; i < 100; i++) await map.next();
      for (let i = 0; i < 50; i++) await host.gateways[i % 2].remoteStatus();
      assert(pulled <= 200, `${pulled} were pulled`);
      assertEquals(ended, false);
      await map.return?.();
      assertEquals(ended, true);
      assertEquals(await map.next(), { value: undefined, done: true });
    }
  }
});

test("a slow first item holds back no more than a bounded number of results", async () => {
  await using host = await MemoryMapHost.make(2);
  let pulled = 0;
  const numbers = function* () {
    while (pulled < 1000) yield pulled++;
  };
  Reflect.set(globalThis, "gate", Promise.withResolvers());
  const map = host.map(numbers(), async (n: number) => {
    if (n === 0) await Reflect.get(globalThis, "gate").promise;
    return n;
  });
  const first = map.next();
  await until("the items after it", () => pulled >= 8);
  for (let i = 0; i < 50; i++) await host.gateways[i % 2].remoteStatus();
  assertEquals(pulled, 8);
  Reflect.get(globalThis, "gate").resolve();
  assertEquals((await first).value, 0);
  assertEquals(await Array.fromAsync(map), range(1000).slice(1));
  Reflect.deleteProperty(globalThis, "gate");
});

test("leaving the loop ends the iterator of the items, and the executions", async () => {
  await using host = await MemoryMapHost.make(2);
  let ended = false;
  const numbers = async function* () {
    try {
      for (let n = 0;; n++) yield await Promise.resolve(n);
    } finally {
      await Promise.resolve();
      ended = true;
    }
  };
  for await (const n of host.map(numbers(), (n: number) => n)) if (n === 20) break;
  // It ends at once, unless an item was requested just now.
  await until("the end of the iterator", () => ended);
  for (const gateway of host.gateways) {
    await until("the end of the workers", async () => {
      return (await gateway.remoteStatus()).executing.length === 0;
    });
  }
});

test("an item that never ends does not keep its execution once the map is left", async () => {
  await using host = await MemoryMapHost.make(1);
  const map = host.map([1], () => new Promise(() => {}));
  const first = map.next();
  const [gateway] = host.gateways;
  await until("the start of the worker", async () => {
    return (await gateway.remoteStatus()).executing.length === 1;
  });
  await map.return?.();
  assertEquals(await first, { value: undefined, done: true });
  await until("the end of the worker", async () => {
    return (await gateway.remoteStatus()).executing.length === 0;
  });
});

test("several results of a map can be requested at once", async () => {
  await using host = await MemoryMapHost.make(2);
  const map = host.map([1, 2, 3], (n: number) => n);
  const all = await Promise.all(Array.from({ length: 5 }, () => map.next()));
  assertEquals(all.map(({ value }) => value), [1, 2, 3, undefined, undefined]);
});
