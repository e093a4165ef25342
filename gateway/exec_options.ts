/**
 * Options of executions, and the types of functions that can be executed.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import {
  ANYTHING,
  BOOLEAN,
  checkOptions,
  MILLISECONDS,
  type OptionRules,
  SIGNAL,
  TEXT,
} from "../internal/arguments.ts";
import type { Channel } from "../channel/channel.ts";
import type { PermissionSet } from "../permissions/permissions.ts";
import type { AtPeer } from "./at_peer.ts";

/**
 * Options of {@linkcode Gateway.remoteExec}.
 *
 * @example
 * ```ts
 * import { makeGateway, RemoteError } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway("popen//allow-env=HOME,PATH");
 * const read = (channel: unknown, name: string) => void Deno.env.get(name);
 * const options = { name: "reader", permissions: { env: ["PATH"] } };
 * await gw.remoteExec(read, "PATH", options).waitClose();
 * const error = await assertRejects(
 *   () => gw.remoteExec(read, "HOME", options).waitClose(),
 *   RemoteError,
 * );
 * assertEquals(error.name, "NotCapable");
 * ```
 */
export interface ExecOptions {
  /**
   * Name of the execution in stacks, messages and the status. Default: the name of the function or
   * module, or `remoteExec`.
   */
  name?: string;
  /**
   * Closes the channel when aborted, which asks the execution to stop. What waits on the channel
   * rejects with a {@linkcode ChannelClosedError} that has the signal's reason as its `cause`; an
   * iteration throws it after the items received before.
   */
  signal?: AbortSignal;
  /**
   * Gives the execution a process of its own, launched like the gateway's, which ends with it. Such
   * an execution can be stopped in a busy loop, and its crash or exit affects no other. If many are
   * asked for at once, they start a few at a time. Default: true if `execmodel` is `process`.
   */
  isolate?: boolean;
  /** The permissions of the execution, a subset of the gateway's. Makes it isolated. Default: all of them. */
  permissions?: PermissionSet;
  /** Denied in addition to what the gateway is denied. Makes it isolated. Default: nothing. */
  deny?: PermissionSet;
}

/**
 * Options of {@linkcode Gateway.callWith}.
 *
 * @example
 * ```ts
 * import { type CallOptions, makeGateway, TimeoutError } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const options: CallOptions = { timeout: 10_000, name: "double" };
 * assertEquals(await gw.callWith(options, (n: number) => n * 2, 21), 42);
 *
 * const spin = () => { for (;;); };
 * await assertRejects(() => gw.callWith({ timeout: 10, isolate: true }, spin), TimeoutError);
 * ```
 */
export interface CallOptions extends ExecOptions {
  /** Milliseconds until the call is cancelled. Default: no limit. */
  timeout?: number;
}

const EXEC_OPTIONS: OptionRules<ExecOptions> = {
  name: TEXT,
  signal: SIGNAL,
  isolate: BOOLEAN,
  // Checked where they are narrowed.
  permissions: ANYTHING,
  deny: ANYTHING,
};
const CALL_OPTIONS: OptionRules<CallOptions> = { ...EXEC_OPTIONS, timeout: MILLISECONDS };

/**
 * Checks the options of an execution.
 *
 * @throws {TypeError} when an option is unknown, or of a wrong type.
 */
export function checkExecOptions(options: ExecOptions | undefined): void {
  checkOptions("remoteExec", options, EXEC_OPTIONS, closestString);
}

/**
 * Checks the options of a call.
 *
 * @throws {TypeError} when an option is unknown, or of a wrong type.
 */
export function checkCallOptions(options: CallOptions): void {
  checkOptions("callWith", options, CALL_OPTIONS, closestString);
}

/**
 * A function that can be sent: it uses nothing but `channel`, `args` and globals.
 *
 * @example
 * ```ts
 * import { makeGateway, type RemoteFunction } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const double: RemoteFunction<number, number, undefined> = async (channel) => {
 *   for await (const n of channel) await channel.send(n * 2);
 * };
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(double);
 * await channel.send(21);
 * assertEquals(await channel.receive(), 42);
 * ```
 */
export type RemoteFunction<Receive, Send, Args> = (
  channel: Channel<Receive, Send>,
  args: Args,
) => unknown;

/**
 * An async generator function that can be sent. Its channel sends what it yields.
 *
 * The channel's type does not name `Yield`: a channel without a type would make that `unknown`.
 *
 * @example
 * ```ts
 * import { makeGateway, type RemoteGenerator } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const count: RemoteGenerator<unknown, number, number> = async function* (_channel, end) {
 *   for (let n = 0; n < end; n++) yield n;
 * };
 * await using gw = await makeGateway();
 * assertEquals(await Array.fromAsync(gw.remoteExec(count, 3)), [0, 1, 2]);
 * ```
 */
export type RemoteGenerator<Receive, Yield, Args> = (
  channel: Channel<Receive>,
  args: Args,
) => AsyncGenerator<Yield, unknown, unknown>;

/**
 * The arguments behind the function of {@linkcode Gateway.remoteExec}: `args` is needed if the function
 * needs it.
 *
 * @example
 * ```ts
 * import type { ExecArguments } from "@x/execnet";
 *
 * const none: ExecArguments<undefined> = [];
 * const some: ExecArguments<number> = [3, { name: "counter" }];
 * ```
 */
export type ExecArguments<Args> = undefined extends Args
  ? [args?: Args | AtPeer<Args>, options?: ExecOptions]
  : [args: Args | AtPeer<Args>, options?: ExecOptions];
