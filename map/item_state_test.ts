import { assertEquals, assertThrows } from "@std/assert";
import { Entry, type ItemEvent, type ItemState, transition } from "./item_state.ts";

const STATES: ItemState[] = ["waiting", "assigned", "failed", "done"];
const EVENTS: ItemEvent[] = ["assign", "return", "succeed", "fail", "retry", "lose", "decide"];

/** A row for each state, a column for each event. */
const EXPECTED: (ItemState | undefined)[][] = [
  ["assigned", undefined, undefined, undefined, undefined, undefined, undefined],
  [undefined, "waiting", "done", "failed", "waiting", "failed", undefined],
  [undefined, undefined, undefined, undefined, undefined, undefined, "done"],
  [undefined, undefined, undefined, undefined, undefined, undefined, undefined],
];

Deno.test("transition() knows each event in each state", () => {
  for (const [row, state] of STATES.entries()) {
    for (const [column, event] of EVENTS.entries()) {
      assertEquals(transition(state, event), EXPECTED[row][column], `${event} while ${state}`);
    }
  }
});

Deno.test("an Entry refuses a second result", () => {
  const entry = new Entry(7, "item");
  entry.go("assign");
  entry.go("succeed");
  assertThrows(() => entry.go("succeed"), Error, "item 7: succeed while done");
  assertEquals(entry.state, "done");
});
