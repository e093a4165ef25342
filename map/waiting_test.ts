import { assertEquals } from "@std/assert";
import { Entry } from "./item_state.ts";
import { WaitingItems } from "./waiting.ts";

function filled(count: number): WaitingItems<string> {
  const waiting = new WaitingItems<string>();
  for (let index = 0; index < count; index++) waiting.add(new Entry(index, `item ${index}`));
  return waiting;
}

/** Removes items, as a worker does. */
function take(waiting: WaitingItems<string>, count: number, after?: number) {
  const entries = waiting.take(count, after);
  for (const entry of entries) entry.go("assign");
  return entries;
}

const indicesOf = (entries: Entry<string>[]) => entries.map(({ index }) => index);

Deno.test("WaitingItems puts items back into the order of the source", () => {
  const waiting = filled(5);
  const [first, second, third] = take(waiting, 3);
  waiting.putBack([third, first], "return");
  waiting.putBack([second], "return");
  assertEquals(indicesOf(waiting.drain()), [0, 1, 2, 3, 4]);
});

Deno.test("WaitingItems gives an item that was lost before by itself", () => {
  const waiting = filled(3);
  const lost = take(waiting, 2);
  for (const entry of lost) entry.losses++;
  waiting.putBack(lost, "retry");
  assertEquals([waiting.size, waiting.first, waiting.hasSuspects], [3, 0, true]);
  assertEquals(indicesOf(take(waiting, 3)), [2]);
  assertEquals(waiting.takeSuspect()?.index, 0);
  waiting.limit = 1;
  assertEquals(waiting.takeSuspect(), undefined);
  assertEquals([waiting.size, waiting.hasSuspects], [0, false]);
});

Deno.test("WaitingItems drops items beyond its limit", () => {
  const waiting = filled(4);
  waiting.limit = 2;
  assertEquals(indicesOf(take(waiting, 4)), [0, 1]);
  assertEquals(waiting.size, 0);
});

Deno.test("WaitingItems gives a busy worker only what follows its last item", () => {
  const waiting = filled(4);
  const entries = take(waiting, 3);
  waiting.putBack(entries.slice(1), "return");
  assertEquals(take(waiting, 3, 2), []);
  assertEquals(indicesOf(take(waiting, 3, 0)), [1, 2, 3]);
});

Deno.test("WaitingItems gives items in a row, and a message's bytes of them", () => {
  const waiting = filled(4);
  const [first, second] = take(waiting, 2);
  waiting.putBack([first], "return");
  assertEquals(indicesOf(take(waiting, 4)), [0]);
  assertEquals(indicesOf(take(waiting, 4)), [2, 3]);
  assertEquals(second.index, 1);
  for (let i = 0; i < 3; i++) waiting.add(new Entry(4 + i, "x".repeat(150_000)));
  assertEquals(indicesOf(take(waiting, 3)), [4]);
});
