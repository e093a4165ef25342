import { assertEquals } from "@std/assert";
import { Entry } from "./item_state.ts";
import { WaitingItems } from "./waiting.ts";

function filled(count: number): WaitingItems<string> {
  const waiting = new WaitingItems<string>();
  for (let index = 0; index < count; index++) waiting.add(new Entry(index, `item ${index}`));
  return waiting;
}

/** Removes items, as a worker does. */
function take(waiting: WaitingItems<string>, count: number, worker: "idle" | "busy") {
  const entries = waiting.take(count, worker);
  for (const entry of entries) entry.go("assign");
  return entries;
}

const indicesOf = (entries: Entry<string>[]) => entries.map(({ index }) => index);

Deno.test("WaitingItems puts items back into the order of the source", () => {
  const waiting = filled(5);
  const [first, second, third] = take(waiting, 3, "idle");
  waiting.putBack([third, first], "return");
  waiting.putBack([second], "return");
  assertEquals(indicesOf(waiting.drain()), [0, 1, 2, 3, 4]);
});

Deno.test("WaitingItems gives an item that was lost before alone, and to an idle worker", () => {
  const waiting = filled(3);
  const lost = take(waiting, 1, "idle");
  lost[0].losses++;
  waiting.putBack(lost, "retry");
  assertEquals(take(waiting, 3, "busy"), []);
  assertEquals(indicesOf(take(waiting, 3, "idle")), [0]);
  assertEquals(indicesOf(take(waiting, 3, "busy")), [1, 2]);
});

Deno.test("WaitingItems drops items beyond its limit", () => {
  const waiting = filled(4);
  waiting.limit = 2;
  assertEquals(indicesOf(take(waiting, 4, "idle")), [0, 1]);
  assertEquals(waiting.size, 0);
});
