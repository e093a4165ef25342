/**
 * The interface of a group, for its gateways: `group.ts` imports them, so they cannot import it.
 *
 * @module
 */

import type { WaitOptions } from "../internal/wait.ts";
import type { Items, MapFunction } from "../map/function.ts";
import type { MapArguments, MapResults } from "../map/options.ts";
import type {
  ExecArguments,
  ExecOptions,
  RemoteFunction,
  RemoteGenerator,
} from "./exec_options.ts";
import type { StartOptions } from "./start_options.ts";
import type { DrainOptions, TerminateOptions } from "./process/terminate.ts";
import type { MemberStatus } from "./remote_status.ts";
import type { UncaughtHandler } from "./uncaught_handler.ts";
import type { MultiChannel } from "../channel/multi_channel.ts";
import type { GatewaySpec } from "../spec/spec.ts";

/** The members of a `Group`. The value of {@linkcode Gateway.group} is always one. */
export interface GatewayGroup<Gateway> extends AsyncDisposable, Iterable<Gateway> {
  /** The spec of gateways that are made without one. */
  readonly defaultSpec: string | GatewaySpec;
  /** See {@linkcode Group.onUncaught}. */
  onUncaught?: UncaughtHandler;
  /** Number of gateways that are up. */
  readonly size: number;
  /** See {@linkcode Group.makeGateway}. */
  makeGateway(spec?: string | GatewaySpec, options?: StartOptions): Promise<Gateway>;
  /** See {@linkcode Group.get}. */
  get(key: string | number): Gateway | undefined;
  /** See {@linkcode Group.has}. */
  has(key: string | Gateway): boolean;
  /** See {@linkcode Group.remoteExec}. */
  remoteExec<Receive = unknown, Send = unknown>(
    code: string | URL,
    args?: unknown,
    options?: ExecOptions,
  ): MultiChannel<Receive, Send>;
  /** See {@linkcode Group.remoteExec}. */
  remoteExec<Yield, Receive = unknown, Args = unknown>(
    fn: RemoteGenerator<Receive, Yield, Args>,
    ...args: ExecArguments<Args>
  ): MultiChannel<Yield, Receive>;
  /** See {@linkcode Group.remoteExec}. */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    ...args: ExecArguments<Args>
  ): MultiChannel<Send, Receive>;
  /** See {@linkcode Group.map}. */
  map<Item, Result, Args = undefined, Value = never, Entries extends boolean = false>(
    items: Items<Item>,
    fn: MapFunction<Item, Args, Result>,
    ...options: MapArguments<Item, Args, Value, Entries>
  ): MapResults<Awaited<Result> | Value, Entries>;
  /** See {@linkcode Group.remoteStatus}. */
  remoteStatus(options?: WaitOptions): Promise<Map<string, MemberStatus>>;
  /** See {@linkcode Group.drain}. */
  drain(options?: DrainOptions): Promise<void>;
  /** See {@linkcode Group.terminate}. */
  terminate(options?: TerminateOptions): Promise<void>;
}
