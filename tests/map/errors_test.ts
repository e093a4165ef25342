import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type MapProgress, RemoteError, SerializationError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const failsAt3 = (n: number) => {
  if (n === 3) throw Object.assign(new RangeError(`no ${n}`), { code: 33 });
  return n;
};

async function collect<T>(map: AsyncIterable<T>): Promise<{ seen: T[]; error: unknown }> {
  const seen: T[] = [];
  try {
    for await (const result of map) seen.push(result);
  } catch (error) {
    return { seen, error };
  }
  return { seen, error: undefined };
}

test("a map stops at an item that throws, after the results of the items before it", async () => {
  await using host = await MemoryMapHost.make(2);
  for (const items of [range(10), range(5000)]) {
    const { seen, error } = await collect(host.map(items, failsAt3));
    assertEquals(seen, [0, 1, 2]);
    assert(error instanceof RemoteError);
    assertEquals([error.name, error.message], ["RangeError", "no 3"]);
    assertEquals(Reflect.get(error, "code"), 33);
    assertMatch(error.remoteStack, /errors_test\.ts:10:/);
  }
});

test("an unordered map stops at an item that throws", async () => {
  await using host = await MemoryMapHost.make(2);
  const { seen, error } = await collect(host.map(range(100), failsAt3, { ordered: false }));
  assert(error instanceof RemoteError);
  assertEquals(new Set(seen).size, seen.length);
  assert(!seen.includes(3));
});

test("a map pulls no more items after one that stops it", async () => {
  await using host = await MemoryMapHost.make(1);
  let ended = false;
  const numbers = function* () {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      ended = true;
    }
  };
  const map = host.map(numbers(), failsAt3);
  await assertRejects(() => Array.fromAsync(map), RemoteError);
  assertEquals(ended, true);
  assertEquals(await map.next(), { value: undefined, done: true });
});

test(`a map with onError "skip" gives the results of all other items`, async () => {
  await using host = await MemoryMapHost.make(2);
  const odd = (n: number) => {
    if (n % 2 === 0) throw new Error("even");
    return n;
  };
  for (const ordered of [true, false]) {
    const map = host.map(range(1000), odd, { onError: "skip", ordered });
    const seen = await Array.fromAsync(map);
    assertEquals(seen.sort((a, b) => a - b), range(1000).filter((n) => n % 2 === 1));
  }
  const none = host.map(range(100), (): void => {
    throw new Error("all");
  }, { onError: "skip" });
  assertEquals(await Array.fromAsync(none), []);
});

test("the onError function of a map receives the error and the item, and decides", async () => {
  await using host = await MemoryMapHost.make(2);
  const failsAbove6 = (n: number) => {
    if (n > 6 || n === 3) throw new Error(`no ${n}`);
    return n;
  };
  const told: unknown[] = [];
  const { seen, error } = await collect(host.map(range(10), failsAbove6, {
    async onError(error, item) {
      told.push([error.message, item]);
      await Promise.resolve();
      return item > 6 ? "stop" : "skip";
    },
  }));
  assertEquals(seen, [0, 1, 2, 4, 5, 6]);
  assertEquals((error as Error).message, "no 7");
  assertEquals(told[0], ["no 3", 3]);
  const ignored = await collect(host.map(range(5), failsAbove6, { onError: () => {} }));
  assertEquals(ignored, { seen: [0, 1, 2, 4], error: undefined });
});

test("an error of the onError function ends the map", async () => {
  await using host = await MemoryMapHost.make(2);
  const { seen, error } = await collect(host.map(range(5), failsAt3, {
    onError() {
      throw new TypeError("cannot decide");
    },
  }));
  assertEquals([seen, (error as Error).message], [[0, 1, 2], "cannot decide"]);
});

test("an item that cannot be sent fails alone", async () => {
  await using host = await MemoryMapHost.make(1);
  const items: unknown[] = range(2000);
  items[1500] = { on: () => {} };
  const echo = (item: unknown) => item;
  const { seen, error } = await collect(host.map(items, echo));
  assertEquals(seen, range(1500));
  assert(error instanceof SerializationError);
  assertMatch(error.message, /item\.on/);
  const skipped = await collect(host.map(items, echo, { onError: "skip" }));
  assertEquals(skipped.seen, items.filter((item) => typeof item === "number"));
});

test("a result that cannot be sent fails its item alone", async () => {
  await using host = await MemoryMapHost.make(1);
  const strange = (n: number) => n % 1000 === 999 ? { deep: [() => n] } : n;
  const told: string[] = [];
  const map = host.map(range(3000), strange, {
    onError: (error) => void told.push(`${error.name}: ${error.message}`),
  });
  assertEquals(await Array.fromAsync(map), range(3000).filter((n) => n % 1000 !== 999));
  assertEquals(told.length, 3);
  assertMatch(told[0], /^SerializationError: .*result\.deep\[0\]/);
});

test("an error with parts that cannot be sent arrives without them", async () => {
  await using host = await MemoryMapHost.make(1);
  const throws = () => {
    const error = Object.assign(new TypeError("odd"), { helper: () => {}, code: 7 });
    error.cause = { error };
    throw error;
  };
  const { error } = await collect(host.map([1], throws));
  assert(error instanceof RemoteError);
  assertEquals([error.name, error.message], ["TypeError", "odd"]);
  assertEquals([Reflect.get(error, "code"), "helper" in error], [7, false]);
  assertEquals(error.cause, { error: "[Circular]" });
});

test("a thrown value that is not an error arrives as an error", async () => {
  await using host = await MemoryMapHost.make(1);
  const { error } = await collect(host.map([1], () => {
    throw "just text";
  }));
  assert(error instanceof RemoteError);
  assertEquals(error.message, "just text");
});

test("an error of the items' iterator comes after the results of its items", async () => {
  await using host = await MemoryMapHost.make(2);
  const broken = function* () {
    yield* range(50);
    throw new Error("no more to read");
  };
  const later = async function* () {
    for (const n of broken()) yield await Promise.resolve(n);
  };
  for (const items of [broken(), later()]) {
    const { seen, error } = await collect(host.map(items, (n: number) => n));
    assertEquals([seen, (error as Error).message], [range(50), "no more to read"]);
  }
});

test("onError can give a value in place of the result", async () => {
  await using host = await MemoryMapHost.make(2);
  const told = await Array.fromAsync(host.map(range(6), failsAt3, {
    onError: (error, n) => Promise.resolve({ value: `${n}: ${error.message}` }),
  }));
  assertEquals(told, [0, 1, 2, "3: no 3", 4, 5]);
  const nothing = host.map([3], failsAt3, { onError: () => ({ value: undefined }) });
  assertEquals(await Array.fromAsync(nothing), [undefined]);
});

test("with entries, a map yields each result with the index of its item", async () => {
  await using host = await MemoryMapHost.make(2);
  const odd = (n: number) => {
    if (n % 2 === 0) throw new Error("even");
    return `${n}`;
  };
  for (const ordered of [true, false]) {
    const options = { entries: true, onError: "skip", ordered } as const;
    const entries = await Array.fromAsync(host.map(range(2000), odd, options));
    if (!ordered) entries.sort(([a], [b]) => a - b);
    assertEquals(entries, range(2000).filter((n) => n % 2 === 1).map((n) => [n, `${n}`]));
  }
});

test("with retryErrors, an item whose function threw is run again so many times", async () => {
  await using host = await MemoryMapHost.make(2);
  Reflect.set(globalThis, "tries", []);
  const works = (n: number, least: number) => {
    const tries: number[] = Reflect.get(globalThis, "tries");
    tries[n] = (tries[n] ?? 0) + 1;
    if (n % 3 === 0 && tries[n] < least) throw new Error(`no ${n} at ${tries[n]}`);
    return tries[n];
  };
  const options = { retryErrors: 2, args: 3 };
  const tries = await Array.fromAsync(host.map(range(100), works, options));
  assertEquals(tries, range(100).map((n) => n % 3 === 0 ? 3 : 1));
  Reflect.set(globalThis, "tries", []);
  const { seen, error } = await collect(host.map(range(100), works, { ...options, args: 4 }));
  assertEquals([seen, (error as Error).message], [[], "no 0 at 3"]);
  Reflect.deleteProperty(globalThis, "tries");
});

test("onProgress is told of all items that are done or have failed", async () => {
  await using host = await MemoryMapHost.make(2);
  const seen: MapProgress[] = [];
  const onProgress = (progress: MapProgress) => void seen.push(progress);
  const options = { onProgress, onError: "skip" } as const;
  await Array.fromAsync(host.map(range(1000), failsAt3, options));
  const { perSecond, ...last } = seen[seen.length - 1];
  assertEquals(last, { done: 999, failed: 1, running: 0, total: 1000 });
  assert(perSecond > 0);
  assertEquals(seen[0].total, 1000);
  for (const [i, { done }] of seen.entries()) assert(i === 0 || done >= seen[i - 1].done);

  seen.length = 0;
  await Array.fromAsync(host.map(range(1000).values(), failsAt3, options));
  assertEquals([seen[0].total, seen[seen.length - 1].total], [undefined, 1000]);
});

test("an error of onProgress ends the map", async () => {
  await using host = await MemoryMapHost.make(1);
  const { error } = await collect(host.map(range(10), (n: number) => n, {
    onProgress() {
      throw new TypeError("cannot draw");
    },
  }));
  assertEquals((error as Error).message, "cannot draw");
});
