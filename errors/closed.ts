/**
 * Errors about the end of channels and gateways.
 *
 * @module
 */

import { defineHidden, ExecnetError } from "./base.ts";

/**
 * The channel was closed, so it cannot do what was asked. If the `signal` of a `remoteExec` closed
 * it, `cause` is the signal's reason.
 *
 * @example
 * ```ts
 * import { ChannelClosedError, makeGateway } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`return`);
 * await channel.waitClose();
 * await assertRejects(() => channel.send(1), ChannelClosedError);
 * ```
 */
export class ChannelClosedError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "ChannelClosedError";
}

/** What is known about the end of a gateway; see {@linkcode GatewayClosedError}. */
export interface GatewayClosedInit extends ErrorOptions {
  /** Exit code of its process. */
  code?: number | null;
  /** Name of the signal that ended it. */
  signal?: string | null;
  /** The last lines that it printed on stderr. */
  stderrTail?: readonly string[];
  /** Names of the executions that were running. */
  executing?: readonly string[];
}

/**
 * The gateway is gone: its process ended, or its connection was lost. The message says how it
 * ended, what was running, and the last lines of its stderr; the properties say the same.
 *
 * @example
 * ```ts
 * import { GatewayClosedError, makeGateway } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway({ popen: true, output: "null" });
 * const channel = gw.remoteExec(`console.error("no disk"); Deno.exit(3)`, null, { name: "job" });
 * const error = await assertRejects(() => channel.receive(), GatewayClosedError, "code 3");
 * assertEquals([error.code, error.stderrTail, error.executing], [3, ["no disk"], ["job"]]);
 * ```
 */
export class GatewayClosedError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "GatewayClosedError";
  /** Exit code of its process, or `null` if it has none or is not known. */
  declare readonly code: number | null;
  /** Name of the signal that ended it, or `null`. */
  declare readonly signal: string | null;
  /** The last lines that it printed on stderr, at most 20, oldest first. */
  declare readonly stderrTail: readonly string[];
  /** Names of the executions that were running. */
  declare readonly executing: readonly string[];

  /** Makes the error of its message and what is known. */
  constructor(message: string, init: GatewayClosedInit = {}) {
    super(message, init);
    const { code = null, signal = null, stderrTail = [], executing = [] } = init;
    for (const [key, value] of Object.entries({ code, signal, stderrTail, executing })) {
      defineHidden(this, key, value);
    }
  }
}

/**
 * A wait took longer than its `timeout` in milliseconds. The channel or execution that was waited
 * for goes on.
 *
 * @example
 * ```ts
 * import { makeGateway, TimeoutError } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`await channel.send(await channel.receive())`);
 * await assertRejects(() => channel.receive({ timeout: 10 }), TimeoutError);
 * await channel.send("still open");
 * assertEquals(await channel.receive(), "still open");
 * ```
 */
export class TimeoutError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "TimeoutError";
}

/**
 * The peer broke the protocol. The connection ends, or the one channel that the message names.
 *
 * @example
 * ```ts
 * import { ExecnetError, ProtocolError } from "@x/execnet";
 * import { assert } from "@std/assert";
 *
 * // Nothing to handle in particular: whoever waits on the connection gets it as any other error.
 * assert(new ProtocolError("the peer sent a truncated item") instanceof ExecnetError);
 * ```
 */
export class ProtocolError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "ProtocolError";
}
