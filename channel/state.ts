/**
 * The life of a channel as a table. Each side keeps its own copy; PROTOCOL.md draws it.
 *
 * @module
 */

/** What a channel belongs to, which decides how it closes. */
export type ChannelRole =
  /** Made by `newChannel()`. */
  | "plain"
  /** The initiator's end of an execution. */
  | "execution"
  /** The remote's end of an execution under way: it closes when that ends. */
  | "running";

/** Where a channel stands. */
export type ChannelState =
  /** Items go both ways. */
  | "open"
  /** This side has sent END. */
  | "localEnded"
  /** The peer has sent END. */
  | "peerEnded"
  /** Both have sent END. */
  | "bothEnded"
  /** This side has sent CLOSE and waits for the peer's. */
  | "closing"
  /** The peer has sent CLOSE; this side's follows when its execution has ended. */
  | "peerClosed"
  /** Both have sent CLOSE, or its execution is over, or the connection is gone: the id is free. */
  | "closed";

/** What can happen to a channel. */
export type ChannelEvent =
  | "endSent"
  | "endReceived"
  | "closeSent"
  | "closeReceived"
  /** The CLOSE of the execution that it belongs to is not answered. */
  | "over"
  | "lost";

const TABLE: Readonly<Record<ChannelState, Partial<Record<ChannelEvent, ChannelState>>>> = {
  open: {
    endSent: "localEnded",
    endReceived: "peerEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    lost: "closed",
  },
  localEnded: {
    endReceived: "bothEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    lost: "closed",
  },
  peerEnded: {
    endSent: "bothEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    lost: "closed",
  },
  bothEnded: { closeSent: "closing", closeReceived: "peerClosed", lost: "closed" },
  closing: { endReceived: "closing", closeReceived: "closed", over: "closed", lost: "closed" },
  peerClosed: { closeSent: "closed", over: "closed", lost: "closed" },
  closed: { lost: "closed" },
};

/** The state after `event`; nothing where the event cannot happen in `state`. */
export function transition(state: ChannelState, event: ChannelEvent): ChannelState | undefined {
  return TABLE[state][event];
}

/** Whether this side may still send items. */
export function canSend(state: ChannelState): boolean {
  return state === "open" || state === "peerEnded";
}

/** Whether the peer may still send items. */
export function canReceive(state: ChannelState): boolean {
  return state === "open" || state === "localEnded";
}

/** What to do with an item that arrives: an item after END or CLOSE breaks the protocol. */
export function onItem(state: ChannelState): "take" | "drop" | "violation" {
  switch (state) {
    case "open":
    case "localEnded":
      return "take";
    case "closing":
    case "closed":
      return "drop";
    case "peerEnded":
    case "bothEnded":
    case "peerClosed":
      return "violation";
  }
}
