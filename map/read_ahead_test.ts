import { assertEquals } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { type Ahead, ReadAhead } from "./read_ahead.ts";

const MIB = 1024 * 1024;
const START: Ahead = { pulled: 0, consumed: 0, ready: 0, bytes: 0, workers: 2, isAwaited: true };

Deno.test("ReadAhead allows four items for each worker, and as many as were consumed", () => {
  const ahead = new ReadAhead();
  assertEquals(ahead.toPull(1e9, START).count, 8);
  assertEquals(ahead.toPull(1e9, { ...START, pulled: 200, consumed: 150 }).count, 100);
  assertEquals(ahead.toPull(1e9, { ...START, pulled: 1e6, consumed: 1e6 }).count, 4096);
});

Deno.test("ReadAhead does not count results that wait for a slow item before them", () => {
  const ahead = new ReadAhead();
  const stuck = { ...START, pulled: 1000, ready: 999 };
  assertEquals(ahead.toPull(1e9, stuck).count, 998);
  assertEquals(ahead.toPull(1e9, { ...stuck, isAwaited: false }).count, 0);
});

Deno.test("ReadAhead allows results of 16 MiB in all, and one for each worker in any case", () => {
  const ahead = new ReadAhead();
  ahead.received(2 * MIB);
  const near = { ...START, pulled: 106, consumed: 100 };
  assertEquals(ahead.toPull(1e9, near), { count: 2, isHeldBack: true });
  assertEquals(ahead.toPull(1, near), { count: 1, isHeldBack: false });
  assertEquals(
    ahead.toPull(1e9, { ...START, pulled: 106, consumed: 100, ready: 3, bytes: 9 * MIB }).count,
    0,
  );
  ahead.received(100 * MIB);
  assertEquals(ahead.toPull(1e9, { ...START, pulled: 101, consumed: 100 }).count, 1);
});

Deno.test("ReadAhead expects large results for a while after one", () => {
  const ahead = new ReadAhead();
  ahead.received(MIB);
  ahead.received(100);
  assert(ahead.toPull(1e9, { ...START, pulled: 1000, consumed: 1000 }).count <= 20);
  for (let i = 0; i < 200; i++) ahead.received(100);
  assert(ahead.toPull(1e9, { ...START, pulled: 1000, consumed: 1000 }).count > 500);
});

Deno.test("ReadAhead bounds the bytes of items, but lets each worker have one", () => {
  const ahead = new ReadAhead();
  ahead.pulled(20 * MIB);
  assert(ahead.isItemsFull);
  assertEquals(ahead.toPull(1e9, { ...START, pulled: 1 }).count, 1);
  assertEquals(ahead.toPull(1e9, { ...START, pulled: 2 }).count, 0);
  ahead.released(20 * MIB);
  assert(!ahead.isItemsFull);
});
