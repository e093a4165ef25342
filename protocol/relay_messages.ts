/**
 * The messages about a process that a gateway runs for its initiator, and relays the streams of.
 *
 * @module
 */

/** What to start: the `args` of an execution of kind `relay`. */
export interface RelayArgs<Side = unknown> {
  command: readonly [string, ...string[]];
  /** The same command, made to end with its parent; used if its program may be run. */
  guarded: readonly [string, ...string[]];
  /** Whether the guarded command gets a process group of its own, which ends with it. Default: not. */
  isSide?: boolean;
  env: Readonly<Record<string, string>>;
  /** A second channel: it receives names of signals, and sends {@linkcode RelayReport}s. */
  side: Side;
}

/** Bytes of stderr, or how the process ended. */
export type RelayReport = Uint8Array | { code: number | null; signal: string | null };
