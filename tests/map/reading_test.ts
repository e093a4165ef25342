/** How a map follows its reader: what it pulls, what it holds back, and how it is left. */

import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const MIB = 1024 * 1024;
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
      assert(pulled <= 300, `${pulled} were pulled`);
      assertEquals(ended, false);
      await map.return?.();
      assertEquals(ended, true);
      assertEquals(await map.next(), { value: undefined, done: true });
    }
  }
});

test("a slow first item stalls nobody", async () => {
  await using host = await MemoryMapHost.make(2);
  Reflect.set(globalThis, "gate", Promise.withResolvers());
  Reflect.set(globalThis, "finished", 0);
  const map = host.map(range(5000), async (n: number) => {
    if (n === 0) await Reflect.get(globalThis, "gate").promise;
    Reflect.set(globalThis, "finished", Reflect.get(globalThis, "finished") + 1);
    return n;
  });
  const first = map.next();
  await until("all other items", () => Reflect.get(globalThis, "finished") === 4999);
  Reflect.get(globalThis, "gate").resolve();
  assertEquals((await first).value, 0);
  assertEquals(await Array.fromAsync(map), range(5000).slice(1));
  for (const name of ["gate", "finished"]) Reflect.deleteProperty(globalThis, name);
});

/** Gives the numbers from 0, and counts them. */
class Numbers {
  pulled = 0;

  *[Symbol.iterator](): Generator<number> {
    for (;;) yield this.pulled++;
  }
}

/** Lets the gateways run as far as they can. */
async function standstill(numbers: Numbers, host: MemoryMapHost): Promise<void> {
  for (let before = -1; before !== numbers.pulled;) {
    before = numbers.pulled;
    for (let i = 0; i < 50; i++) for (const gateway of host.gateways) await gateway.remoteStatus();
  }
}

for (const ordered of [true, false]) {
  const kind = ordered ? "an ordered" : "an unordered";
  test(`${kind} map holds 16 MiB of large results before a slow reader`, async () => {
    await using host = await MemoryMapHost.make(2);
    const numbers = new Numbers();
    const page = (_: number) => new Uint8Array(2 * 1024 * 1024);
    let read = 0;
    for await (const _ of host.map(numbers, page, { ordered })) {
      if (++read % 10 === 1) await standstill(numbers, host);
      const held = (numbers.pulled - read) * 2;
      assert(held <= 20, `${held} MiB after ${read}`);
      if (read === 40) break;
    }
  });

  test(`${kind} map bounds results whose size nobody could foresee`, async () => {
    await using host = await MemoryMapHost.make(2);
    Reflect.set(globalThis, "made", 0);
    const suddenlyLarge = (n: number) => {
      if (n < 20_000) return new Uint8Array(1);
      Reflect.set(globalThis, "made", Reflect.get(globalThis, "made") + 1);
      return new Uint8Array(2 * 1024 * 1024);
    };
    const numbers = new Numbers();
    let read = 0;
    for await (const page of host.map(numbers, suddenlyLarge, { ordered })) {
      read++;
      if (page.length === 1) continue;
      await standstill(numbers, host);
      break;
    }
    // 16 MiB here, and a window, a message and an item for each of the two.
    const made = Reflect.get(globalThis, "made");
    assert(made <= 20, `${2 * made} MiB were made, ${numbers.pulled - read} items are ahead`);
    assert(numbers.pulled - read > 100, "they were foreseen");
    Reflect.deleteProperty(globalThis, "made");
  });
}

test("a slow first item bounds the bytes of the results behind it", async () => {
  await using host = await MemoryMapHost.make(2);
  Reflect.set(globalThis, "gate", Promise.withResolvers());
  const numbers = new Numbers();
  const map = host.map(numbers, async (n: number) => {
    if (n === 0) await Reflect.get(globalThis, "gate").promise;
    return new Uint8Array(1024 * 1024);
  });
  const first = map.next();
  await until("the items behind it", () => numbers.pulled >= 15);
  await standstill(numbers, host);
  assert(numbers.pulled <= 20, `${numbers.pulled} MiB`);
  Reflect.get(globalThis, "gate").resolve();
  await first;
  for (let i = 1; i < 50; i++) assertEquals((await map.next()).value?.length, MIB);
  await map.return?.();
  Reflect.deleteProperty(globalThis, "gate");
});

test("a map bounds the bytes of items, also of those that nobody could foresee", async () => {
  await using host = await MemoryMapHost.make(2);
  let pulled = 0;
  const pages = function* () {
    for (;;) yield new Uint8Array(pulled++ < 20_000 ? 1 : 2 * MIB);
  };
  Reflect.set(globalThis, "gate", Promise.withResolvers());
  const map = host.map(pages(), async (page: Uint8Array) => {
    if (page.length > 1) await Reflect.get(globalThis, "gate").promise;
    return page.length;
  });
  for (let i = 0; i < 20_000; i++) assertEquals((await map.next()).value, 1);
  const large = map.next();
  await until("the large items", () => pulled >= 20_002);
  for (let i = 0; i < 50; i++) await host.gateways[i % 2].remoteStatus();
  assert(pulled <= 20_000 + 10, `${2 * (pulled - 20_000)} MiB were pulled`);
  Reflect.get(globalThis, "gate").resolve();
  assertEquals((await large).value, 2 * MIB);
  await map.return?.();
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

test("several results of a map can be requested at once", async () => {
  await using host = await MemoryMapHost.make(2);
  const map = host.map([1, 2, 3], (n: number) => n);
  const all = await Promise.all(Array.from({ length: 5 }, () => map.next()));
  assertEquals(all.map(({ value }) => value), [1, 2, 3, undefined, undefined]);
});
