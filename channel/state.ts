/**
 * The states of a channel as a table. Each side keeps its own state; PROTOCOL.md has the same table.
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

/** The state of a channel. */
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
  /** This side has asked its execution to stop, as the peer asks it to end. */
  | "cancelled"
  /** The peer has sent CLOSE; this side's follows when its execution has ended. */
  | "peerClosed"
  /** Both have sent CLOSE, or its execution is over, or the connection is gone: the id is free. */
  | "closed";

/** An event that changes the state of a channel. */
export type ChannelEvent =
  | "endSent"
  | "endReceived"
  | "closeSent"
  | "closeReceived"
  | "cancelled"
  /** The execution that it belongs to has ended: its CLOSE is not answered. */
  | "over"
  | "lost";

const TABLE: Readonly<Record<ChannelState, Partial<Record<ChannelEvent, ChannelState>>>> = {
  open: {
    endSent: "localEnded",
    endReceived: "peerEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    cancelled: "cancelled",
    lost: "closed",
  },
  localEnded: {
    endReceived: "bothEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    cancelled: "cancelled",
    lost: "closed",
  },
  peerEnded: {
    endSent: "bothEnded",
    closeSent: "closing",
    closeReceived: "peerClosed",
    cancelled: "cancelled",
    lost: "closed",
  },
  bothEnded: {
    closeSent: "closing",
    closeReceived: "peerClosed",
    cancelled: "cancelled",
    lost: "closed",
  },
  closing: { endReceived: "closing", closeReceived: "closed", over: "closed", lost: "closed" },
  cancelled: {
    endReceived: "cancelled",
    closeSent: "closing",
    closeReceived: "peerClosed",
    lost: "closed",
  },
  peerClosed: { closeSent: "closed", over: "closed", lost: "closed" },
  closed: { lost: "closed" },
};

/** Returns the state after `event`, or undefined if the event cannot happen in `state`. */
export function transition(state: ChannelState, event: ChannelEvent): ChannelState | undefined {
  return TABLE[state][event];
}

/** Returns whether this side may still send items. */
export function canSend(state: ChannelState): boolean {
  return state === "open" || state === "peerEnded";
}

/** Returns whether the peer may still send items. */
export function canReceive(state: ChannelState): boolean {
  return state === "open" || state === "localEnded";
}

/** Returns whether nothing new can be sent or received. */
export function isClosed(state: ChannelState): boolean {
  return state === "closing" || state === "cancelled" || state === "peerClosed" ||
    state === "closed";
}

/** Returns what to do with an item: after END or CLOSE it is a breach of the protocol. */
export function onItem(state: ChannelState): "accept" | "drop" | "violation" {
  switch (state) {
    case "open":
    case "localEnded":
      return "accept";
    case "closing":
    case "cancelled":
    case "closed":
      return "drop";
    case "peerEnded":
    case "bothEnded":
    case "peerClosed":
      return "violation";
  }
}
