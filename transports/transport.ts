/**
 * What a way to reach another process gives: bytes in both directions, an exit status, an end.
 *
 * @module
 */

import type { ByteStream } from "../protocol/byte_stream.ts";

/** How a process ended. */
export interface ExitStatus {
  /** Exit code; `null` where a signal ended it, or nobody can tell. */
  code: number | null;
  /** Name of the signal that ended it, such as `"SIGKILL"`; else `null`. */
  signal: string | null;
}

/** The status of a process that ended in a way that nobody can tell. */
export const NO_STATUS: ExitStatus = Object.freeze({ code: null, signal: null });

/** A connection to a process elsewhere. */
export interface Transport extends ByteStream {
  /** Resolves when the far process, or what carries it, has ended. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** What the far process prints, apart from the protocol. */
  readonly output: {
    readonly stdout: ReadableStream<Uint8Array>;
    readonly stderr: ReadableStream<Uint8Array>;
  };
  /** Ends the far process: `SIGTERM` asks, `SIGKILL` does not. Does nothing where it has ended. */
  abort(signal: "SIGTERM" | "SIGKILL"): void;
  /** Lets go of what is still open, once the process has ended. */
  release(): void;
  /** Keeps the event loop alive from now on. */
  ref(): void;
  /** Lets the event loop end; so it is at first. */
  unref(): void;
}
