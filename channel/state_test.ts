import { assertEquals } from "@std/assert";
import { canSend, type ChannelEvent, type ChannelState, onItem, transition } from "./state.ts";

const EVENTS: ChannelEvent[] = [
  "endSent",
  "endReceived",
  "closeSent",
  "closeReceived",
  "cancelled",
  "over",
  "lost",
];

/** The table of PROTOCOL.md, section 4; "-" is what cannot happen. Columns as in `EVENTS`. */
const TABLE: Record<ChannelState, (ChannelState | "-")[]> = {
  open: ["localEnded", "peerEnded", "closing", "peerClosed", "cancelled", "-", "closed"],
  localEnded: ["-", "bothEnded", "closing", "peerClosed", "cancelled", "-", "closed"],
  peerEnded: ["bothEnded", "-", "closing", "peerClosed", "cancelled", "-", "closed"],
  bothEnded: ["-", "-", "closing", "peerClosed", "cancelled", "-", "closed"],
  closing: ["-", "closing", "-", "closed", "-", "closed", "closed"],
  cancelled: ["-", "cancelled", "closing", "peerClosed", "-", "-", "closed"],
  peerClosed: ["-", "-", "closed", "-", "-", "closed", "closed"],
  closed: ["-", "-", "-", "-", "-", "-", "closed"],
};

for (const [state, row] of Object.entries(TABLE)) {
  for (const [i, event] of EVENTS.entries()) {
    const next = row[i];
    const outcome = next === "-" ? "cannot happen" : `leads to ${next}`;
    Deno.test(`${event} in ${state} ${outcome}`, () => {
      assertEquals(transition(state as ChannelState, event) ?? "-", next);
    });
  }
}

Deno.test("a side sends items until it has ended or either has closed", () => {
  const sending = Object.keys(TABLE).filter((state) => canSend(state as ChannelState));
  assertEquals(sending, ["open", "peerEnded"]);
});

Deno.test("an item is taken until the peer's end, dropped after our close, else a breach", () => {
  const reactions = Object.keys(TABLE).map((state) => [state, onItem(state as ChannelState)]);
  assertEquals(Object.fromEntries(reactions), {
    open: "accept",
    localEnded: "accept",
    peerEnded: "violation",
    bothEnded: "violation",
    closing: "drop",
    cancelled: "drop",
    peerClosed: "violation",
    closed: "drop",
  });
});
