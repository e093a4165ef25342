/**
 * The life of a session as a table.
 *
 * @module
 */

/** Where a session stands. */
export type SessionState =
  /** Its start waits for a slot: there is no process yet. */
  | "queued"
  /** Its process is starting, or up: code can be run, and is sent once it is up. */
  | "running"
  /** This side wants it to end: nothing new can be run. */
  | "ending"
  /** Its connection is gone. */
  | "lost";

/** What can happen to a session. */
export type SessionEvent =
  /** Its start has a slot. */
  | "start"
  /** This side asks it, or makes it, to end. */
  | "end"
  /** Its connection ends, for whatever reason. */
  | "lose";

const TABLE: Readonly<Record<SessionState, Readonly<Record<SessionEvent, SessionState>>>> = {
  queued: { start: "running", end: "ending", lose: "lost" },
  running: { start: "running", end: "ending", lose: "lost" },
  ending: { start: "ending", end: "ending", lose: "lost" },
  lost: { start: "lost", end: "lost", lose: "lost" },
};

/** Returns the state after `event`. */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  return TABLE[state][event];
}

/** Whether something new can be run; what is run in a queue waits there. */
export function canRun(state: SessionState): boolean {
  return state === "queued" || state === "running";
}
