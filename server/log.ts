/**
 * The log of a server: events for people and programs to read.
 *
 * @module
 */

import { escapeControls } from "../internal/escape.ts";

/**
 * An event of a server. No event holds a token, or anything that code in a session printed. Control
 * characters in its texts are escaped.
 */
export type ServerEvent =
  /** The server accepts connections now. */
  | { event: "listening"; address: string; tls: boolean; maxSessions: number }
  /** Something that the operator should know; the server goes on. */
  | { event: "warning"; message: string }
  /** A session began. */
  | { event: "accepted"; session: string; peer: string; name: string; pid: number }
  /** A connection was refused; `failures` counts the wrong proofs from its host. */
  | { event: "refused"; peer: string; reason: string; failures?: number }
  /**
   * So many more refusals in some seconds, of clients that had not authenticated: by so many hosts (1,000
   * at most), for these reasons.
   */
  | { event: "refusals"; count: number; hosts: number; reasons: Record<string, number> }
  /** A session ended. */
  | {
    event: "ended";
    session: string;
    peer: string;
    /** What ended the session. */
    reason: string;
    code: number | null;
    signal: string | null;
    seconds: number;
  }
  /** The server accepts no more connections; sessions have `seconds` to end. */
  | { event: "draining"; sessions: number; seconds: number }
  /** The server and all sessions have ended. */
  | { event: "stopped" };

/** Called with each event. */
export type ServerLog = (event: ServerEvent) => void;

/** Returns an event that is safe to show: clients choose parts of its texts. */
export function escapeEvent(event: ServerEvent): ServerEvent {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === "string" ? escapeControls(value) : value,
  ]);
  return Object.fromEntries(fields);
}

/** Prints an event on stderr, as a line of JSON. */
export function printEvent(event: ServerEvent): void {
  try {
    const line = JSON.stringify({ time: new Date().toISOString(), ...event });
    const bytes = new TextEncoder().encode(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // Without stderr nobody reads the log; the sessions go on.
  }
}
