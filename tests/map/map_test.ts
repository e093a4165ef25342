import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Group, ImpureFunctionError, RemoteError, SerializationError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { MemoryMapHost } from "../support/memory_map.ts";

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

test("Group.map() yields the results of all gateways in the order of the items", async () => {
  await using group = await Group.open(["popen", "popen"]);
  const pids = new Set<number>();
  const results: number[] = [];
  const items = range(100);
  for await (
    const [pid, square] of group.map(items, async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve, n % 3));
      return [Deno.pid, n * n];
    })
  ) {
    pids.add(pid);
    results.push(square);
  }
  assertEquals(results, items.map((n) => n * n));
  assertEquals(pids.size, 2);
  await until("the end of the workers", async () => {
    const all = Array.from((await group.remoteStatus()).values());
    return all.every((status) => status.reachable && status.executing.length === 0);
  });
});

test("a map accepts iterables of every kind", async () => {
  await using host = await MemoryMapHost.make(2);
  const double = (n: number) => n * 2;
  const numbers = async function* () {
    for (const n of [1, 2, 3]) yield await Promise.resolve(n);
  };
  for (const items of [[1, 2, 3], new Set([1, 2, 3]), [1, 2, 3].values(), numbers()]) {
    assertEquals(await Array.fromAsync(host.map(items, double)), [2, 4, 6]);
  }
  assertEquals(await Array.fromAsync(host.map([], double)), []);
  assertEquals(await Array.fromAsync(host.map("ab", (c: string) => c + c)), ["aa", "bb"]);
});

test("a map sends items, args and results of every kind", async () => {
  await using host = await MemoryMapHost.make(1);
  const items = [undefined, null, -0, 2n ** 70n, new Map([[1, { a: [new Date(0)] }]]), "text"];
  const pair = (item: unknown, args: unknown) => [item, args];
  const results = await Array.fromAsync(host.map(items, pair, { args: { k: new Set([1]) } }));
  assertEquals(results, items.map((item) => [item, { k: new Set([1]) }]));
  assertEquals(await Array.fromAsync(host.map([1], () => undefined)), [undefined]);
});

test("an unordered map yields each result as soon as it is done", async () => {
  await using host = await MemoryMapHost.make(2);
  const release = Promise.withResolvers<void>();
  Reflect.set(globalThis, "released", release.promise);
  const work = async (n: number) => {
    if (n === 0) await Reflect.get(globalThis, "released");
    return n;
  };
  const results: number[] = [];
  for await (const n of host.map(range(4), work, { ordered: false })) {
    if (results.push(n) === 3) release.resolve();
  }
  assertEquals(results, [1, 2, 3, 0]);
});

test("a map of many tiny items yields each result once", async () => {
  await using group = await Group.open(["popen", "popen"]);
  for (const ordered of [true, false]) {
    const results = await Array.fromAsync(group.map(range(20_000), (n: number) => n, { ordered }));
    assertEquals(ordered ? results : results.sort((a, b) => a - b), range(20_000));
  }
});

test("a slow item among tiny ones delays only itself", async () => {
  await using group = await Group.open(["popen"]);
  const items = range(2000);
  const results: number[] = [];
  // The gateway has two workers: items queued behind the slow one go to the other.
  const map = group.map(items, async (n: number) => {
    if (n === 1000) await new Promise((resolve) => Reflect.set(globalThis, "release", resolve));
    return n;
  }, { ordered: false, concurrency: 2 });
  for await (const n of map) {
    if (results.push(n) < items.length - 1) continue;
    await group.get(0)?.call(() => void Reflect.get(globalThis, "release")?.());
  }
  assertEquals(results.at(-1), 1000);

  assertEquals(results.sort((a, b) => a - b), items);
});

test("a map runs as many items of a gateway at a time as its concurrency says", async () => {
  await using host = await MemoryMapHost.make(2);
  Reflect.set(globalThis, "mapping", { now: 0, most: 0 });
  const count = async (_: number) => {
    const mapping = Reflect.get(globalThis, "mapping");
    mapping.most = Math.max(mapping.most, ++mapping.now);
    await new Promise((resolve) => setTimeout(resolve, 3));
    mapping.now--;
    return mapping.most;
  };
  for (const concurrency of [1, 3]) {
    const most = await Array.fromAsync(host.map(range(40), count, { concurrency }));
    assertEquals(Math.max(...most), 2 * concurrency);
    Reflect.get(globalThis, "mapping").most = 0;
  }
  Reflect.deleteProperty(globalThis, "mapping");
});

test("a gateway that joins the group takes part", async () => {
  await using host = await MemoryMapHost.make(1);
  const seen: number[] = [];
  let joined = false;
  const count = async (n: number) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return n;
  };
  for await (const n of host.map(range(40), count)) {
    seen.push(n);
    if (!joined) await host.join();
    joined = true;
  }
  assertEquals(seen, range(40));
  const map = host.map(range(4), count, { name: "joint" });
  const first = map.next();
  for (const gateway of host.gateways) {
    await until("the worker", async () => {
      return (await gateway.remoteStatus()).executing.includes("joint");
    });
  }
  await first;
  await map.return?.();
});

test("Group.map() refuses at once a function that cannot run", async () => {
  await using group = new Group();
  const outside = 1;
  assertThrows(() => group.map([1], () => outside), ImpureFunctionError, "outside");
  assertThrows(() => group.map(5 as unknown as number[], () => 1), TypeError, "iterable");
  assertThrows(() => group.map([1], () => 1, { concurrency: 0 }), RangeError, "not 0");
  assertThrows(() => group.map([1], () => 1, { concurrency: 1.5 }), RangeError, "not 1.5");
  assertThrows(() => group.map([1], () => 1, { retries: -1 }), RangeError, "not -1");
  const onError = "ignore" as "skip";
  assertThrows(() => group.map([1], () => 1, { onError }), TypeError, "ignore");
});

test("a map rejects if its args cannot be sent", async () => {
  await using host = await MemoryMapHost.make(2);
  const map = host.map([1, 2], (n: number, _: unknown) => n, { args: () => {} });
  await assertRejects(() => map.next(), SerializationError, "args");
  assertEquals(await map.next(), { value: undefined, done: true });
});

test("an aborted map rejects with the reason of its signal, and ends the items' iterator", async () => {
  await using host = await MemoryMapHost.make(2);
  for (const before of [true, false]) {
    const controller = new AbortController();
    let ended = false;
    const numbers = function* () {
      try {
        for (let n = 0;; n++) yield n;
      } finally {
        ended = true;
      }
    };
    const map = host.map(
      numbers(),
      (n: number, _, { signal }) =>
        n < 5 ? n : new Promise((resolve) => signal.addEventListener("abort", resolve)),
      {
        signal: controller.signal,
      },
    );
    if (before) {
      controller.abort(new Error("enough"));
    } else {
      for (let i = 0; i < 5; i++) await map.next();
      const next = map.next();
      await host.gateways[0].remoteStatus();
      controller.abort(new Error("enough"));
      await assertRejects(() => next, Error, "enough");
    }
    if (before) await assertRejects(() => map.next(), Error, "enough");
    assertEquals(await map.next(), { value: undefined, done: true });
    assertEquals(ended, !before);
    for (const gateway of host.gateways) {
      await until("the end of the workers", async () => {
        return (await gateway.remoteStatus()).executing.length === 0;
      });
    }
  }
});

test("the error of an item names the gateway, the user's lines on both sides, and the missing grant", async () => {
  await using group = await Group.open(["popen//id=worker"]);
  const error = await assertRejects(
    () =>
      Array.fromAsync(group.map([1], async function reading() { // the call
        await Deno.readTextFile("/nowhere"); // the failure
      })),
    RemoteError,
    "add allow-read=/nowhere to the spec of gateway worker",
  );
  const [local, remote] = String(error.stack).split("on the remote side (gateway worker):");
  assertStringIncludes(local, `map_test.ts:${lineOf("// the call")}:`);
  assertStringIncludes(remote, `map_test.ts:${lineOf("// the failure")}:`);
  assertStringIncludes(error.remoteStack, "at reading (");
});

/** Returns the line (from 1) of this file with this end. */
function lineOf(end: string): number {
  const lines = Deno.readTextFileSync(new URL(import.meta.url)).split("\n");
  return lines.findIndex((line) => line.endsWith(end)) + 1;
}
