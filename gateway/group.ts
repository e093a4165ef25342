/**
 * Groups: gateways that are named and ended together.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { checkArgument, checkOptions } from "../internal/arguments.ts";
import type { Channel } from "../channel/channel.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";
import { GatewayClosedError, SpecError } from "../errors.ts";
import type { AtPeer } from "./at_peer.ts";
import { callOf, codeOf } from "../code/prepare.ts";
import {
  checkExecOptions,
  type ExecOptions,
  type RemoteFunction,
  type RemoteGenerator,
} from "./exec_options.ts";
import {
  asRelay,
  createGateway,
  executeOn,
  type Gateway,
  whenEnded,
  whenReady,
} from "./gateway.ts";
import type { GatewayGroup } from "./group_interface.ts";
import {
  DEFAULT_TERMINATE_MS,
  TERMINATE_OPTIONS,
  type TerminateOptions,
} from "./process/terminate.ts";
import { openError, startAll } from "./group/start_all.ts";
import {
  GROUP_OPTIONS,
  type GroupOptions,
  OPEN_OPTIONS,
  type OpenOptions,
  SPECS,
} from "./group/options.ts";
import { endLevels, planGroup } from "./group/plan.ts";
import { statusOf } from "./group/status.ts";
import type { MemberStatus } from "./remote_info.ts";
import { installing } from "../transports/installvia/installed_server.ts";
import { openTransport } from "../transports/start/open.ts";
import { startMap } from "./map/map.ts";
import type { Items, MapFunction, MapOptions } from "./map_options.ts";
import { MultiChannel } from "../channel/multi_channel.ts";
import { programFor } from "../transports/program/program.ts";
import { shownSpec } from "../spec/shown.ts";
import { here, type Machine } from "../transports/machine/machine.ts";
import { type GatewaySpec, resolveSpec } from "../spec/spec.ts";
import { startQueued } from "../transports/start/start.ts";
import { machineOf } from "../transports/via.ts";

/** More at once only wait for each other, up to their connectTimeout; and a server of ssh refuses them. */
const DEFAULT_CONCURRENCY = 16;
/** Milliseconds that gateways which carry others have to end by themselves, whatever those took. */
const LEAST_TERMINATE_MS = 500;

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
  /** The spec of a gateway that is made without one. */
  readonly defaultSpec: string | GatewaySpec;
  /** In the order in which their starts were asked for; of those that are not up yet, how far they are. */
  readonly #members = new Map<string, Gateway | "planned" | "starting">();
  readonly #starting = new Set<Gateway>();
  /** What they were made from, with the tokens that their `spec` does not show. */
  readonly #given = new WeakMap<Gateway, string | GatewaySpec>();
  readonly #joinListeners = new Set<(gateway: Gateway) => void>();
  /** Aborted when the group is terminated; made anew when that is done. */
  #life = new AbortController();
  #terminations = 0;
  #nextId = 0;

  /**
   * Makes an empty group.
   *
   * @throws {TypeError} when an option is unknown, or of a wrong type.
   */
  constructor(options: GroupOptions = {}) {
    checkOptions("Group", options, GROUP_OPTIONS, closestString);
    this.defaultSpec = options.defaultSpec ?? "popen";
  }

  /**
   * Makes a group and starts its gateways together. Where a spec says `via=<id>` or
   * `installvia=<id>`, its gateway starts after the one of that id. If one fails, the others are ended.
   *
   * @throws {SpecError} when a spec is wrong, two have one id, or their `via` leads nowhere or in a
   * circle; nothing was started then.
   * @throws {LaunchError} or the kind of it that all failures share: names each spec that failed,
   * and has the failures as `errors`.
   */
  static async open(
    specs: Iterable<string | GatewaySpec>,
    options: OpenOptions = {},
  ): Promise<Group> {
    checkArgument("what Group.open starts", specs, SPECS);
    checkOptions("Group.open", options, OPEN_OPTIONS, closestString);
    const { concurrency = DEFAULT_CONCURRENCY, defaultSpec } = options;
    const plan = planGroup([...specs]);
    const group = new Group({ defaultSpec });
    for (const { id } of plan) group.#members.set(id, "planned");
    const start = ({ spec }: { spec: string | GatewaySpec }) => group.makeGateway(spec);
    const failures = await startAll(plan, start, Math.floor(concurrency));
    if (failures.length === 0) return group;
    await group.terminate();
    throw openError(failures, plan.length);
  }

  /** How many gateways are in it, without those that are starting. */
  get size(): number {
    return [...this].length;
  }

  /**
   * Starts a gateway and waits for its handshake.
   *
   * @throws {SpecError} when the spec is wrong, or its id is taken.
   * @throws {LaunchError} or a kind of it, when the gateway cannot be started.
   * @throws {GatewayClosedError} when the group is terminated before it is up.
   */
  makeGateway(spec: string | GatewaySpec = this.defaultSpec): Promise<Gateway> {
    return this.#make(spec);
  }

  async #make(spec: string | GatewaySpec, wantedId?: string): Promise<Gateway> {
    const { signal } = this.#life;
    signal.throwIfAborted();
    const resolved = resolveSpec(spec);
    const id = this.#takeId(wantedId ?? resolved.id);
    try {
      const program = await programFor(resolved);
      const machine = this.#machineOf(resolved.via, "via");
      const installvia = resolved.tcp?.installvia;
      const gateway = await startQueued(resolved, id, machine, signal, async (prepared) => {
        signal.throwIfAborted();
        const gateway = createGateway({
          id,
          group: this,
          spec: prepared,
          given: shownSpec(resolved, spec),
          machine,
          open: installvia === undefined
            ? openTransport
            : installing(this, this.#machineOf(installvia, "installvia")),
          program,
        });
        await this.#started(gateway, signal);
        return gateway;
      });
      this.#given.set(gateway, spec);
      whenEnded(gateway).then(() => this.#members.delete(id));
      return gateway;
    } catch (error) {
      this.#members.delete(id);
      throw error;
    }
  }

  /**
   * The gateway of an id, or at an index in the order in which their starts were asked for, which
   * for {@linkcode Group.open} is that of the specs. Undefined where there is none.
   */
  get(key: string | number): Gateway | undefined {
    if (typeof key === "number") return [...this][key];
    const member = this.#members.get(key);
    return typeof member === "string" ? undefined : member;
  }

  /** Whether a gateway of this id, or this gateway, is in it. */
  has(key: string | Gateway): boolean {
    return typeof key === "string" ? this.get(key) !== undefined : this.get(key.id) === key;
  }

  /** Its gateways, in the order of {@linkcode Group.get}, without those that are starting. */
  *[Symbol.iterator](): IterableIterator<Gateway> {
    for (const member of this.#members.values()) if (typeof member !== "string") yield member;
  }

  /**
   * Runs source text, or the module of a URL, on each of its gateways; see
   * {@linkcode Gateway.remoteExec}, also for the other forms. If one refuses it, the channels of the
   * others are closed.
   *
   * @throws {SerializationError} when `args` cannot travel.
   * @throws {GatewayClosedError} when one of its gateways has ended, or is asked to.
   */
  remoteExec<Receive = unknown, Send = unknown>(
    code: string | URL,
    args?: unknown,
    options?: ExecOptions,
  ): MultiChannel<Receive, Send>;
  /** Runs a pure async generator function on each; their channels receive what it yields. */
  remoteExec<Yield, Receive = unknown, Args = unknown>(
    fn: RemoteGenerator<Receive, Yield, Args>,
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): MultiChannel<Yield, Receive>;
  /**
   * Runs a pure function on each.
   *
   * @throws {ImpureFunctionError} when it is not pure; nothing is sent then.
   */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): MultiChannel<Send, Receive>;
  remoteExec(
    code: string | URL | RemoteFunction<unknown, unknown, never>,
    args?: unknown,
    options: ExecOptions = {},
  ): MultiChannel {
    checkExecOptions(options);
    const sent = codeOf(code, options.name, this.remoteExec);
    const channels: Channel[] = [];
    try {
      for (const gateway of this) channels.push(executeOn(gateway, sent, args, options));
    } catch (error) {
      for (const channel of channels) channel.close();
      throw error;
    }
    return new MultiChannel(channels);
  }

  /**
   * Runs a pure function over items, each on whichever gateway is free, and gives the results. It
   * begins when the first is asked for, takes items only as fast as they are worked off, and runs
   * ahead of its reader by as many items as that has got already, or four for each worker. Leaving
   * the loop ends it, and the iterator of the items with it. Gateways that join the group meanwhile
   * take part.
   *
   * Items that take little time travel together, so that a message takes a few milliseconds of work;
   * still each fails alone. An item whose gateway is lost fails, unless `retries` allows to run it
   * again; each result comes once.
   *
   * @param items An iterable or async iterable, which may be endless.
   * @param fn Called there as `fn(item, args)`; may return a promise.
   * @throws {ImpureFunctionError} when `fn` is not pure.
   * @throws {RangeError} or TypeError, when an option makes no sense.
   * @returns The results. Its `next` rejects with the first item's error that stops it: a
   * {@linkcode RemoteError} where `fn` threw, a {@linkcode SerializationError} for an item that cannot
   * travel, a {@linkcode GatewayClosedError} for one that was lost, or when no gateway is left.
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
  map<Item, Result, Args = undefined>(
    items: Items<Item>,
    fn: MapFunction<Item, Args, Result>,
    options: MapOptions<Item, Args> = {},
  ): AsyncIterableIterator<Awaited<Result>, undefined> {
    return startMap(
      {
        from: callOf(this.map),
        gateways: () => this,
        onJoin: (joined) => {
          this.#joinListeners.add(joined);
          return () => void this.#joinListeners.delete(joined);
        },
        replace: async (lost) => {
          await whenEnded(lost); // its id is free then
          await this.#make(this.#given.get(lost) ?? lost.spec, lost.id);
        },
      },
      items,
      fn,
      options,
    );
  }

  /**
   * Asks each of its gateways what it is doing, all at once. Those that are gone, or do not answer
   * within `timeout` milliseconds (default 5,000), are marked as not `reachable`, with the error.
   *
   * @example
   * ```ts
   * import { Group } from "@x/execnet";
   * import { assertEquals } from "@std/assert";
   *
   * await using group = await Group.open(["popen", "popen"]);
   * const status = (await group.remoteStatus({ timeout: 10_000 })).get("gw1");
   * assertEquals(status?.reachable && status.executing, []);
   * ```
   */
  async remoteStatus(options?: WaitOptions): Promise<Map<string, MemberStatus>> {
    checkOptions("remoteStatus", options, WAIT_OPTIONS);
    return await statusOf(this, options);
  }

  /**
   * Ends all its gateways, also those that are starting, see {@linkcode Gateway.terminate}: those behind
   * others first. `timeout` is for all: what those have used up of it, the others have not, but for
   * half a second. Until it is done, no new one can be made; afterwards the group can be used again.
   */
  async terminate(options?: TerminateOptions): Promise<void> {
    checkOptions("terminate", options, TERMINATE_OPTIONS);
    this.#terminations++;
    this.#life.abort(
      new GatewayClosedError("cannot start a gateway in a group that is being terminated"),
    );
    try {
      const { timeout = DEFAULT_TERMINATE_MS } = options ?? {};
      const start = performance.now();
      const least = Math.min(timeout, LEAST_TERMINATE_MS);
      let left = options;
      for (const level of endLevels([...this, ...this.#starting])) {
        await Promise.all(level.map((gateway) => gateway.terminate(left)));
        left = { timeout: Math.max(least, timeout - (performance.now() - start)) };
      }
    } finally {
      if (--this.#terminations === 0) this.#life = new AbortController();
    }
  }

  /** The same as {@linkcode Group.terminate}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  #machineOf(id: string | undefined, key: "via" | "installvia"): Machine {
    if (id === undefined) return here;
    const relay = this.get(id);
    if (relay !== undefined) return machineOf(asRelay(relay));
    throw new SpecError(
      `the gateway "${id}", which "${key}" names, is not in this group; start it first, or start both ` +
        `by Group.open`,
    );
  }

  async #started(gateway: Gateway, signal: AbortSignal): Promise<void> {
    this.#starting.add(gateway);
    try {
      await whenReady(gateway);
      signal.throwIfAborted(); // it is being ended
      this.#members.set(gateway.id, gateway);
      for (const joined of this.#joinListeners) joined(gateway);
    } finally {
      this.#starting.delete(gateway);
    }
  }

  #takeId(wanted: string | undefined): string {
    let id = wanted;
    while (id === undefined || (wanted === undefined && this.#isTaken(id))) {
      id = `gw${this.#nextId++}`;
    }
    if (this.#isTaken(id)) throw new SpecError(`the id "${id}" is taken in this group`);
    this.#members.set(id, "starting"); // a planned one keeps its place
    return id;
  }

  #isTaken(id: string): boolean {
    return this.#members.has(id) && this.#members.get(id) !== "planned";
  }
}
