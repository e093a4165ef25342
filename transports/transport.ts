/**
 * The connection to a process elsewhere: bytes in both directions, output, exit status, signals.
 *
 * @module
 */

import type { ByteStream } from "../protocol/byte_stream.ts";

/** How a process ended. */
export interface ExitStatus {
  /** Exit code; `null` if a signal ended it, or if it is unknown. */
  code: number | null;
  /** Name of the signal that ended it, such as `"SIGKILL"`; otherwise `null`. */
  signal: string | null;
}

/** The status of a process whose end nobody can report. */
export const NO_STATUS: ExitStatus = Object.freeze({ code: null, signal: null });

/** A connection to a process elsewhere. */
export interface Transport extends ByteStream {
  /** Resolves when the far process, or the program that reaches it, has ended. Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** What the far process prints, apart from the protocol. */
  readonly output: {
    readonly stdout: ReadableStream<Uint8Array>;
    readonly stderr: ReadableStream<Uint8Array>;
  };
  /** Returns what to show of a line on stderr: nothing, if it was meant for the transport. */
  shownOf?(line: string): string | undefined;
  /** Ends the far process: `SIGTERM` asks, `SIGKILL` does not. Does nothing once it has ended. */
  abort(signal: "SIGTERM" | "SIGKILL"): void;
  /** Closes what is still open, once the process has ended. */
  release(): void;
  /** Keeps the event loop alive from now on. */
  ref(): void;
  /** Lets the event loop end; a new transport is unref'd. */
  unref(): void;
}

/**
 * How a gateway ended.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const gw = await makeGateway({ popen: true, output: "null" });
 * gw.remoteExec(`console.error("no disk"); Deno.exit(3)`);
 * const { reason, code, stderrTail } = await gw.closed;
 * assertEquals([reason, code, stderrTail], ["exit", 3, ["no disk"]]);
 * ```
 */
export interface GatewayExit {
  /** `exit`: by itself; `killed`: by a signal; `lost`: unknown, as it cannot be reached any more. */
  reason: "exit" | "lost" | "killed";
  /** Exit code, or `null`. */
  code: number | null;
  /** Name of the signal, or `null`. */
  signal: string | null;
  /** The last lines that it printed on stderr, oldest first; 20 at most. */
  stderrTail: string[];
}
