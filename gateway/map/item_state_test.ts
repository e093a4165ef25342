import { assertEquals, assertThrows } from "@std/assert";
import { Entry, type ItemEvent, type ItemState, transition } from "./item_state.ts";

const STATES: ItemState[] = ["waiting", "handed", "failed", "settled"];
const EVENTS: ItemEvent[] = [
  "hand",
  "giveBack",
  "answer",
  "fail",
  "loseAndRetry",
  "lose",
  "decide",
];

/** A row for each state, a column for each event. */
const EXPECTED: (ItemState | undefined)[][] = [
  ["handed", undefined, undefined, undefined, undefined, undefined, undefined],
  [undefined, "waiting", "settled", "failed", "waiting", "failed", undefined],
  [undefined, undefined, undefined, undefined, undefined, undefined, "settled"],
  [undefined, undefined, undefined, undefined, undefined, undefined, undefined],
];

Deno.test("transition() knows each event in each state", () => {
  for (const [row, state] of STATES.entries()) {
    for (const [column, event] of EVENTS.entries()) {
      assertEquals(transition(state, event), EXPECTED[row][column], `${event} while ${state}`);
    }
  }
});

Deno.test("an Entry refuses to be settled twice", () => {
  const entry = new Entry(7, "item");
  entry.go("hand");
  entry.go("answer");
  assertThrows(() => entry.go("answer"), Error, "item 7: answer while settled");
  assertEquals(entry.state, "settled");
});
