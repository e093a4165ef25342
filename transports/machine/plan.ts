/**
 * What has to be started for a gateway.
 *
 * @module
 */

import type { TcpOptions } from "../tcp/session.ts";

/** A session of a server. */
export interface TcpPlan extends TcpOptions {
  kind: "tcp";
}

/** What to start. A middle gateway (`via`) starts the same as this process would. */
export interface LaunchPlan {
  /** A process that carries the protocol on its stdin and stdout. */
  kind: "process";
  /** Program and arguments. */
  command: readonly [string, ...string[]];
  /** Environment variables besides the inherited ones. */
  env: Readonly<Record<string, string>>;
  /** Whether it can start processes of its own, which are to end with it. Default true. */
  startsOthers?: boolean;
  /** Exit code by which the command says that it has lost the far side, where it has one. */
  lostCode?: number;
}
