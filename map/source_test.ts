import { assertEquals, assertThrows } from "@std/assert";
import { checkItems, Source } from "./source.ts";
import { inTime } from "../tests/support/deadline.ts";

/** A source, the items that it pulled, and a wait for its next change. */
function watched<T>(items: Iterable<T> | AsyncIterable<T>) {
  const taken: T[] = [];
  let changed = Promise.withResolvers<void>();
  const source = new Source(items, (item) => taken.push(item), () => {
    changed.resolve();
    changed = Promise.withResolvers();
  });
  return { source, taken, change: () => inTime("a change", changed.promise) };
}

Deno.test("Source takes what is wanted of a synchronous iterable, at once and no more", () => {
  let pulled = 0;
  const { source, taken } = watched((function* () {
    for (;;) yield pulled++;
  })());
  source.want(3);
  source.want(0);
  assertEquals([taken, pulled], [[0, 1, 2], 3]);
  source.want(1);
  assertEquals(taken, [0, 1, 2, 3]);
});

Deno.test("Source asks an asynchronous iterable for one item at a time", async () => {
  let pulled = 0;
  const { source, taken, change } = watched((async function* () {
    for (;;) yield await Promise.resolve(pulled++);
  })());
  source.want(2);
  source.want(2);
  await change();
  assertEquals([taken, pulled], [[0], 1]);
  source.want(1);
  await change();
  assertEquals([taken, pulled], [[0, 1], 2]);
});

Deno.test("Source is done at the end, and keeps the error that it ended with", async () => {
  const empty = watched([]);
  empty.source.want(1);
  assertEquals([empty.source.isDone, empty.source.failure], [true, undefined]);
  const broken = watched((function* () {
    yield 1;
    throw "broken";
  })());
  broken.source.want(5);
  assertEquals([broken.taken, broken.source.failure], [[1], { error: "broken" }]);
  const later = watched((async function* () {
    yield await Promise.reject("broken later");
  })());
  later.source.want(1);
  await later.change();
  assertEquals([later.source.isDone, later.source.failure], [true, { error: "broken later" }]);
});

Deno.test("Source.close() runs the iterator's finally, once", async () => {
  const seen: string[] = [];
  const { source, change } = watched((async function* () {
    try {
      yield 1;
    } finally {
      await Promise.resolve();
      seen.push("finally");
    }
  })());
  source.want(1);
  await change();
  await source.close();
  await source.close();
  assertEquals(seen, ["finally"]);
});

Deno.test("Source.close() does not wait for an iterator that waits itself", async () => {
  const item = Promise.withResolvers<number>();
  const { source, taken, change } = watched((async function* () {
    yield await item.promise;
  })());
  source.want(1);
  await inTime("the close", source.close());
  item.resolve(1);
  await change();
  assertEquals(taken, []);
});

Deno.test("checkItems() names what is not iterable", () => {
  for (const items of [[], "text", new Set(), (async function* () {})()]) checkItems(items);
  for (const items of [undefined, null, 5, {}, () => {}]) {
    assertThrows(() => checkItems(items), TypeError, "an iterable of items");
  }
});
