/**
 * A group as its gateways know it. The class imports theirs, so they cannot import it.
 *
 * @module
 */

import { MILLISECONDS, type OptionRules } from "../internal/arguments.ts";
import type { WaitOptions } from "../internal/wait.ts";
import type { AtPeer } from "./at_peer.ts";
import type { ExecOptions, RemoteFunction, RemoteGenerator } from "./exec_options.ts";
import type { MemberStatus } from "./group/status.ts";
import type { MapFunction, MapOptions } from "./map_options.ts";
import type { Items } from "./map/source.ts";
import type { MultiChannel } from "../channel/multi_channel.ts";
import type { GatewaySpec } from "../spec/spec.ts";

/** Options of {@linkcode Gateway.terminate}. */
export interface TerminateOptions {
  /** Milliseconds until SIGTERM, when it does not end by itself; SIGKILL follows 1 s later. Default 2,000. */
  timeout?: number;
}

/** The remote gives its executions 1 s to end; this is some more. */
export const DEFAULT_TERMINATE_MS = 2_000;

/** The rules of {@linkcode TerminateOptions}. */
export const TERMINATE_OPTIONS: OptionRules<TerminateOptions> = { timeout: MILLISECONDS };

/** What a `Group` has; {@linkcode Gateway.group} is always one. */
export interface GatewayGroup<Gateway> extends AsyncDisposable, Iterable<Gateway> {
  /** The spec of a gateway that is made without one. */
  readonly defaultSpec: string | GatewaySpec;
  /** How many gateways are in it, without those that are starting. */
  readonly size: number;
  /** See {@linkcode Group.makeGateway}. */
  makeGateway(spec?: string | GatewaySpec): Promise<Gateway>;
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
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): MultiChannel<Yield, Receive>;
  /** See {@linkcode Group.remoteExec}. */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): MultiChannel<Send, Receive>;
  /** See {@linkcode Group.map}. */
  map<Item, Result, Args = undefined>(
    items: Items<Item>,
    fn: MapFunction<Item, Args, Result>,
    options?: MapOptions<Item, Args>,
  ): AsyncIterableIterator<Awaited<Result>, undefined>;
  /** See {@linkcode Group.remoteStatus}. */
  remoteStatus(options?: WaitOptions): Promise<Map<string, MemberStatus>>;
  /** See {@linkcode Group.terminate}. */
  terminate(options?: TerminateOptions): Promise<void>;
}
