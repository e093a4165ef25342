/**
 * Groups: gateways that are named and ended together.
 *
 * @module
 */

import type { MultiChannel } from "../channel/multi_channel.ts";
import { codeOf } from "../code/loaded.ts";
import { checkOptions } from "../internal/arguments.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";
import { startMap } from "../map/map.ts";
import type { Items, MapFunction } from "../map/function.ts";
import type { MapArguments, MapResults } from "../map/options.ts";
import type { GatewaySpec } from "../spec/spec.ts";
import {
  checkExecOptions,
  type ExecArguments,
  type ExecOptions,
  type RemoteFunction,
  type RemoteGenerator,
} from "./exec_options.ts";
import { coreOf, type Gateway } from "./gateway.ts";
import { Drains } from "./group/drain.ts";
import { endAll } from "./group/end_all.ts";
import { execAll } from "./group/exec_all.ts";
import { mapHost } from "./group/map_host.ts";
import { Members } from "./group/members.ts";
import { checkGroup, checkOpen, type GroupOptions, type OpenOptions } from "./group/options.ts";
import { planGroup } from "./group/plan.ts";
import { openError, startAll } from "./group/start_all.ts";
import { Starter } from "./group/starter.ts";
import { statusOf } from "./group/status.ts";
import type { GatewayGroup } from "./group_interface.ts";
import {
  type DrainOptions,
  TERMINATE_OPTIONS,
  type TerminateOptions,
} from "./process/terminate.ts";
import type { MemberStatus } from "./remote_status.ts";
import { START_OPTIONS, type StartOptions } from "./start_options.ts";
import type { UncaughtHandler } from "./uncaught_handler.ts";

/**
 * Gateways that are named and ended together.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen//id=a", "popen//id=b"]);
 * const double = (n: number) => n * 2;
 * assertEquals(await group.get("a")?.call(double, 21), 42); // on one of them
 *
 * const channels = group.remoteExec((channel) => channel.send(channel.gateway.id)); // on each
 * assertEquals(await channels.receiveEach(), ["a", "b"]);
 * ```
 */
export class Group implements GatewayGroup<Gateway> {
  /** The spec of gateways that are made without one. */
  readonly defaultSpec: string | GatewaySpec;
  /**
   * Called with each error of remote code that nothing has caught, and that failed no execution: its
   * execution has ended, or cannot be told. The gateway has printed it on its stderr and goes on.
   */
  onUncaught?: UncaughtHandler;
  readonly #members = new Members<Gateway>();
  readonly #starter = new Starter(this, this.#members);
  readonly #drains = new Drains(this.#members, this.#starter);

  /**
   * Makes an empty group.
   *
   * @throws {TypeError} if an option is unknown, or of a wrong type.
   */
  constructor(options: GroupOptions = {}) {
    checkGroup(options);
    this.defaultSpec = options.defaultSpec ?? "popen";
    this.onUncaught = options.onUncaught;
  }

  /**
   * Makes a group and starts its gateways together. A gateway whose spec has `via=<id>` or
   * `installvia=<id>` starts after the one of that id. If one fails, the others are ended.
   *
   * @throws {SpecError} if a spec is wrong, two have the same id, or a `via` names no gateway or leads
   * in a circle; nothing is started then.
   * @throws {LaunchError} or the subclass of it that all failures share. Its message names each spec
   * that failed; its `errors` are the failures.
   */
  static async open(
    specs: Iterable<string | GatewaySpec>,
    options: OpenOptions = {},
  ): Promise<Group> {
    checkOpen(specs, options);
    const { concurrency, ...groupOptions } = options;
    const plan = planGroup([...specs]);
    const group = new Group(groupOptions);
    for (const { id } of plan) group.#members.plan(id);
    const start = ({ spec }: { spec: string | GatewaySpec }) => group.makeGateway(spec);
    const failures = await startAll(plan, start, concurrency);
    if (failures.length === 0) return group;
    await group.terminate();
    throw openError(failures, plan.length);
  }

  /** Number of gateways that are up. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Starts a gateway and waits for its handshake.
   *
   * @throws {SpecError} if the spec is wrong, or its id is taken.
   * @throws {LaunchError} or a subclass of it, if the gateway cannot be started.
   * @throws {GatewayClosedError} if the group is terminated before; or the reason of the `signal`.
   */
  async makeGateway(
    spec: string | GatewaySpec = this.defaultSpec,
    options: StartOptions = {},
  ): Promise<Gateway> {
    checkOptions("makeGateway", options, START_OPTIONS);
    this.#drains.check("start a gateway");
    return await this.#starter.start(spec, options.signal);
  }

  /**
   * Returns the gateway of an id, or at an index in the order in which their starts were asked for,
   * which for {@linkcode Group.open} is that of the specs. Undefined if there is none.
   */
  get(key: string | number): Gateway | undefined {
    return this.#members.get(key);
  }

  /** Returns whether a gateway with this id, or this gateway, is in the group. */
  has(key: string | Gateway): boolean {
    return this.#members.has(key);
  }

  /** Iterates over the gateways that are up, in the order of {@linkcode Group.get}. */
  [Symbol.iterator](): IterableIterator<Gateway> {
    return this.#members[Symbol.iterator]();
  }

  /**
   * Runs source text, or the module of a URL, on each gateway; see {@linkcode Gateway.remoteExec},
   * also for the other overloads. If one gateway refuses it, the channels of the others are closed.
   *
   * @throws {SerializationError} if `args` cannot be sent.
   * @throws {GatewayClosedError} if one of the gateways has ended, or was asked to.
   */
  remoteExec<Receive = unknown, Send = unknown>(
    code: string | URL,
    args?: unknown,
    options?: ExecOptions,
  ): MultiChannel<Receive, Send>;
  /** Runs a pure async generator function on each; their channels receive what it yields. */
  remoteExec<Yield, Receive = unknown, Args = unknown>(
    fn: RemoteGenerator<Receive, Yield, Args>,
    ...args: ExecArguments<Args>
  ): MultiChannel<Yield, Receive>;
  /**
   * Runs a pure function on each.
   *
   * @throws {ImpureFunctionError} if it is not pure; nothing is sent then.
   */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    ...args: ExecArguments<Args>
  ): MultiChannel<Send, Receive>;
  remoteExec(
    code: string | URL | RemoteFunction<unknown, unknown, never>,
    args?: unknown,
    options: ExecOptions = {},
  ): MultiChannel {
    checkExecOptions(options);
    this.#drains.check("run code");
    return execAll(this, () => codeOf(code, options.name, this.remoteExec), args, options);
  }

  /**
   * Runs a pure function over items, each on a gateway that is free, and returns the results. It
   * begins when the first result is asked for, and runs ahead of its reader by as many items as that
   * has received, or by four for each worker, and by 16 MiB of results in all. Leaving the loop ends
   * it, and the iterator of the items too. Gateways that join the group meanwhile take part.
   *
   * Items that take little time are sent together, in batches of a few milliseconds of work, but
   * each fails alone. If a gateway is lost, the items that it may have begun fail, unless `retries`
   * allows to run them again. No item has more than one result.
   *
   * @param items An iterable or async iterable, which may be endless.
   * @param fn Called there as `fn(item, args, { signal, index, gateway })`; may return a promise.
   * @returns The results. `next` rejects with the error of the first item that stops the map: a
   * {@linkcode RemoteError} if `fn` threw, a {@linkcode SerializationError} if it cannot be sent, a
   * {@linkcode TimeoutError}, or a {@linkcode GatewayClosedError} if it was lost or no gateway is left.
   * @throws {ImpureFunctionError} if `fn` is not pure.
   * @throws {TypeError} if `items` is not iterable, or an option is unknown or of a wrong type.
   * @throws {RangeError} if a number is out of range.
   *
   * @example
   * ```ts
   * import { Group } from "@x/execnet";
   * import { assertEquals } from "@std/assert";
   *
   * await using group = await Group.open(["popen", "popen"]);
   * const results = group.map([1, 2, 3], (n: number, factor: number) => n * factor, { args: 10 });
   * assertEquals(await Array.fromAsync(results), [10, 20, 30]);
   * ```
   */
  map<Item, Result, Args = undefined, Value = never, Entries extends boolean = false>(
    items: Items<Item>,
    fn: MapFunction<Item, Args, Result>,
    ...options: MapArguments<Item, Args, Value, Entries>
  ): MapResults<Awaited<Result> | Value, Entries> {
    this.#drains.check("begin a map");
    return startMap(mapHost(this.map, this, this.#starter, this.#drains), items, fn, options);
  }

  /**
   * Asks all gateways at once what they are doing. A gateway that has ended, or does not answer within
   * `timeout` milliseconds (default 5,000), is not `reachable`, and has the `error`.
   */
  async remoteStatus(options?: WaitOptions): Promise<Map<string, MemberStatus>> {
    checkOptions("remoteStatus", options, WAIT_OPTIONS);
    return await statusOf(this, options);
  }

  /**
   * Ends all gateways once what runs has ended, with the maps that have begun; in any case after
   * `timeout` ms (default: no limit). Nothing new is taken: it fails with a GatewayClosedError.
   */
  async drain(options: DrainOptions = {}): Promise<void> {
    await this.#drains.run(options, () => this.terminate());
  }

  /**
   * Ends all gateways, those that are starting too, see {@linkcode Gateway.terminate}; those that
   * run through others come before these. `timeout` is for all of them: what the first ones use of it
   * is not there for the others, except for half a second. No gateway can be made until this
   * resolves; the group can be used again then.
   */
  async terminate(options?: TerminateOptions): Promise<void> {
    checkOptions("terminate", options, TERMINATE_OPTIONS);
    await using _refusal = this.#starter.refuse();
    const gateways = [...this.#members, ...this.#starter.starting];
    await endAll(gateways.map((gateway) => coreOf(gateway)), options);
  }

  /** The same as {@linkcode Group.terminate}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }
}
