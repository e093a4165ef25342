import { assertEquals } from "@std/assert";
import { canRun, type SessionEvent, type SessionState, transition } from "./session_state.ts";

const EVENTS: SessionEvent[] = ["start", "end", "lose"];

/** Columns as in `EVENTS`. */
const TABLE: Record<SessionState, SessionState[]> = {
  queued: ["running", "ending", "lost"],
  running: ["running", "ending", "lost"],
  ending: ["ending", "ending", "lost"],
  lost: ["lost", "lost", "lost"],
};

for (const [state, row] of Object.entries(TABLE)) {
  for (const [i, event] of EVENTS.entries()) {
    Deno.test(`${event} in ${state} leads to ${row[i]}`, () => {
      assertEquals(transition(state as SessionState, event), row[i]);
    });
  }
}

Deno.test("a session takes code until it is to end, also while its start is queued", () => {
  const taking = Object.keys(TABLE).filter((state) => canRun(state as SessionState));
  assertEquals(taking, ["queued", "running"]);
});
