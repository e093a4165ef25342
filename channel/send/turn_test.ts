import { assertEquals, assertStrictEquals } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { Turn } from "./turn.ts";

/** A turn whose clock stands still until it is set, and counts how often it is read. */
function setUp() {
  const clock = { ms: 0, reads: 0 };
  const turn = new Turn(() => {
    clock.reads++;
    return clock.ms;
  });
  return { turn, clock };
}

Deno.test("Turn.count() lets sends go on for a millisecond, then until the event loop has turned", async () => {
  const { turn, clock } = setUp();
  assertEquals([turn.count(), turn.count()], [undefined, undefined]);
  clock.ms = 0.9;
  assertEquals(turn.count(), undefined);
  clock.ms = 1;
  let next: Promise<void> | undefined;
  for (let i = 0; next === undefined; i++) {
    assert(i < 4, "the clock is read often at first");
    next = turn.count();
  }
  assertStrictEquals(turn.count(), next);
  let hasTurned = false;
  // Before `setImmediate`, which the turn waits for, all that was due.
  setTimeout(() => hasTurned = true);
  await new Promise((resolve) => setTimeout(resolve, 2));
  await next;
  assertEquals(hasTurned, true);
  assertEquals([turn.sends, turn.count(), turn.sends], [0, undefined, 1]);
});

Deno.test("Turn.count() ends a turn at the second send if making an item takes a millisecond", async () => {
  const { turn, clock } = setUp();
  for (let i = 0; i < 5; i++) {
    assertEquals(turn.count(), undefined);
    clock.ms += 1;
    const next = turn.count();
    assert(next !== undefined);
    await next;
    clock.ms += 1;
  }
});

Deno.test("Turn.count() reads the clock for one send in 32, once there were as many", () => {
  const { turn, clock } = setUp();
  for (let i = 0; i < 64; i++) turn.count();
  const before = clock.reads;
  assert(before < 10);
  for (let i = 0; i < 3_200; i++) turn.count();
  assertEquals(clock.reads - before, 100);
});

Deno.test("Turn.count() reads the clock for each send that counts as many", () => {
  const { turn, clock } = setUp();
  for (let i = 0; i < 100; i++) turn.count(256);
  assertEquals(clock.reads, 100);
});

Deno.test("Turn.restart() lets sends go on for another millisecond", () => {
  const { turn, clock } = setUp();
  turn.count();
  clock.ms = 1;
  turn.restart();
  assertEquals([turn.sends, turn.count(), turn.count()], [0, undefined, undefined]);
});
