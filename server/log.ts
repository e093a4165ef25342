/**
 * What a server tells of its work: one event each time, for people and machines to read.
 *
 * @module
 */

/** An event of a server. No event holds a token, or anything that code in a session printed. */
export type ServerEvent =
  /** It takes connections now. */
  | { event: "listening"; address: string; tls: boolean; maxSessions: number }
  /** Something that its operator should know of; it goes on. */
  | { event: "warning"; message: string }
  /** A session began. */
  | { event: "accepted"; session: string; peer: string; name: string; pid: number }
  /** A connection was turned away; `failures` counts wrong proofs from its host. */
  | { event: "refused"; peer: string; reason: string; failures?: number }
  /** A session ended. */
  | {
    event: "ended";
    session: string;
    peer: string;
    /** What ended it. */
    reason: string;
    code: number | null;
    signal: string | null;
    seconds: number;
  }
  /** It takes no more connections; sessions have until `seconds` are over. */
  | { event: "draining"; sessions: number; seconds: number }
  /** All is ended. */
  | { event: "stopped" };

/** Takes note of an event. */
export type ServerLog = (event: ServerEvent) => void;

/** Prints an event on stderr, as a line of JSON. */
export function printEvent(event: ServerEvent): void {
  try {
    const line = JSON.stringify({ time: new Date().toISOString(), ...event });
    const bytes = new TextEncoder().encode(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // Where stderr is closed, there is nobody to tell, and the sessions go on.
  }
}
