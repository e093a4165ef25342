/**
 * What a gateway is told, and tells, of a process that it carries for its initiator.
 *
 * @module
 */

/** What to start: the `args` of an execution of kind `relay`. */
export interface RelayArgs<Side = unknown> {
  command: readonly [string, ...string[]];
  /** The same as what ends with its parent: where a shell may be run for that. */
  guarded: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /**
   * A channel beside that of the execution: names of signals come on it; {@linkcode RelayReport}s
   * go back.
   */
  side: Side;
}

/** Bytes of stderr, or how the process has ended. */
export type RelayReport = Uint8Array | { code: number | null; signal: string | null };
