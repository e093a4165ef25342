import { assertEquals, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { Group, type MapContext, TimeoutError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Item 2 never ends, unless it is told to stop. */
const hangsAt2 = (n: number, _: unknown, { signal }: MapContext) => {
  if (n !== 2) return n;
  return new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      Reflect.set(globalThis, "told", signal.reason.message);
      reject(signal.reason);
    });
  });
};

test("an item that takes too long fails with TimeoutError, and is told to stop", async () => {
  await using host = await MemoryMapHost.make(1);
  const failed: string[] = [];
  const results = await Array.fromAsync(host.map(range(5), hangsAt2, {
    itemTimeout: 200,
    onError(error, n) {
      assert(error instanceof TimeoutError);
      failed.push(`${n}: ${error.message}`);
    },
  }));
  assertEquals(results, [0, 1, 3, 4]);
  assertEquals(failed, [
    "2: the item at index 2 took longer than 200 ms on gateway memory, and was cancelled",
  ]);
  assertEquals(Reflect.get(globalThis, "told"), "the item at index 2 took longer than 200 ms");
  Reflect.deleteProperty(globalThis, "told");
});

test("an item that ignores its timeout does not keep its worker, but the status tells of it", async () => {
  await using host = await MemoryMapHost.make(1);
  const ignores = (n: number) =>
    n === 2 ? new Promise<number>((go) => Reflect.set(globalThis, "go", () => go(2))) : n;
  const options = { itemTimeout: 200, onError: "skip", name: "ignoring" } as const;
  assertEquals(await Array.fromAsync(host.map(range(5), ignores, options)), [0, 1, 3, 4]);
  const [gateway] = host.gateways;
  assertEquals((await gateway.remoteStatus()).executing, ["ignoring"]);
  Reflect.get(globalThis, "go")();
  await until("the end", async () => (await gateway.remoteStatus()).executing.length === 0);
  Reflect.deleteProperty(globalThis, "go");
});

test("an item that is done in time has no error, and its time does not count for the next", async () => {
  await using host = await MemoryMapHost.make(2);
  const work = (n: number) => new Promise<number>((go) => setTimeout(() => go(n), n % 2));
  const options = { itemTimeout: 10_000, concurrency: 3 };
  assertEquals(await Array.fromAsync(host.map(range(50), work, options)), range(50));
});

test("the time of an item counts from its begin, not from the start of its process", async () => {
  const slow = `sh -c 'sleep 0.8; exec "$0" "$@"'`;
  await using group = await Group.open([{ command: slow }]);
  const options = { itemTimeout: 700, isolate: true };
  assertEquals(await Array.fromAsync(group.map(range(5), (n: number) => n, options)), range(5));
});

test("with isolate, a busy loop that takes too long is ended, and takes no other item along", async () => {
  await using group = await Group.open(["popen"]);
  const [gateway] = group;
  const losses: unknown[] = [];
  const failed: string[] = [];
  const results = await Array.fromAsync(group.map(range(5), (n: number) => {
    while (n === 2);
    return n;
  }, {
    itemTimeout: 200,
    isolate: true,
    onLoss: (loss) => losses.push(loss),
    onError: (error, n) => void failed.push(`${error.name} ${n}`),
  }));
  assertEquals([results, failed, losses], [[0, 1, 3, 4], ["TimeoutError 2"], []]);
  await until("the end of the busy process", async () => {
    return (await gateway.remoteStatus()).executing.length === 0;
  });
});

test("a busy loop in a shared gateway fails in time, and the gateway goes on after it", async () => {
  await using group = await Group.open(["popen"]);
  const busy = (n: number) => {
    for (const end = Date.now() + 1_500; n === 2 && Date.now() < end;);
    return n;
  };
  const map = group.map(range(5), busy, {
    itemTimeout: 200,
    onError: () => ({ value: "late" }),
  });
  assertEquals(await Array.fromAsync(map), [0, 1, "late", 3, 4]);
});

test("an item that was out of time is run again, if errors are", async () => {
  await using host = await MemoryMapHost.make(1);
  const hangsOnce = (n: number) => {
    const before = Reflect.get(globalThis, "hung");
    if (n !== 2 || before) return n;
    Reflect.set(globalThis, "hung", true);
    return new Promise<number>((go) => Reflect.set(globalThis, "go", go));
  };
  const options = { itemTimeout: 200, retryErrors: 1 };
  assertEquals(await Array.fromAsync(host.map(range(4), hangsOnce, options)), range(4));
  Reflect.get(globalThis, "go")();
  for (const name of ["hung", "go"]) Reflect.deleteProperty(globalThis, name);
});

test("a map that stops at an item that is out of time rejects with it", async () => {
  await using host = await MemoryMapHost.make(1);
  const map = host.map([2], () => new Promise(() => {}), { itemTimeout: 1 });
  await assertRejects(() => map.next(), TimeoutError, "index 0 took longer than 1 ms");
});
