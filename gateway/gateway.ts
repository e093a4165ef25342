/**
 * The gateway: a process elsewhere that runs what it is sent.
 *
 * @module
 */

import { checkOptions, described } from "../internal/arguments.ts";
import { type Channel, coreOf } from "../channel/channel.ts";
import { ChannelIds } from "../channel/mux/channel_table.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";
import { ChannelClosedError, GatewayClosedError } from "../errors.ts";
import type { Transport } from "../transports/transport.ts";
import type { AtPeer } from "./at_peer.ts";
import type { Code } from "../code/code.ts";
import { callOf, codeOf } from "../code/prepare.ts";
import {
  checkExecOptions,
  type ExecOptions,
  type RemoteFunction,
  type RemoteGenerator,
} from "./exec_options.ts";
import { functionCode } from "../code/function/function.ts";
import { UnboundChannels } from "../channel/mux/unbound.ts";
import type { GatewayGroup } from "./group_interface.ts";
import { TERMINATE_OPTIONS, type TerminateOptions } from "./process/terminate.ts";
import { Isolation } from "./process/isolation.ts";
import { KeepAlive } from "./process/keep_alive.ts";
import type { RelayGateway } from "../transports/via/relay_process.ts";
import type { Machine } from "../transports/machine/machine.ts";
import { narrow } from "../permissions/narrowing.ts";
import type { RemoteInfo, RemoteStatus } from "./remote_info.ts";
import type { GatewayExit } from "./process/remote_process.ts";
import { Session } from "./process/session.ts";
import { type GatewaySpec, type ResolvedSpec, withPermissions } from "../spec/spec.ts";
import { openQueued } from "../transports/start/start.ts";

let create: (init: GatewayInit) => Gateway;
let ready: (gateway: Gateway) => Promise<void>;
let ended: (gateway: Gateway) => Promise<GatewayExit>;
let relay: (gateway: Gateway) => RelayGateway;
let execute: (gateway: Gateway, code: Code, args: unknown, options: ExecOptions) => Channel;

/** What a {@linkcode Gateway} is made of. */
export interface GatewayInit {
  id: string;
  group: GatewayGroup<Gateway>;
  spec: ResolvedSpec;
  given: GatewaySpec;
  /** Where it is started from. */
  machine: Machine;
  /** Starts a process for a spec: the gateway's own, or for one isolated execution. */
  open: (spec: ResolvedSpec, machine: Machine, id: string) => Transport;
  program: Uint8Array | undefined;
}

/**
 * A `deno run` process elsewhere. Made by {@linkcode makeGateway} or a `Group`.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`await channel.send((await channel.receive()) + 1)`);
 * await channel.send(1);
 * assertEquals(await channel.receive(), 2);
 * ```
 */
export class Gateway implements AsyncDisposable {
  /** Its name, unique in its group. */
  readonly id: string;
  /** The `Group` that it belongs to. */
  readonly group: GatewayGroup<Gateway>;
  /** What it was made from, with its id. */
  readonly spec: GatewaySpec;
  readonly #resolved: ResolvedSpec;
  readonly #session: Session;
  readonly #isolation: Isolation;
  readonly #unbound: UnboundChannels;
  readonly #keepAlive = new KeepAlive();
  readonly #closed: Promise<GatewayExit>;
  #remote: RemoteInfo | undefined;

  private constructor(init: GatewayInit) {
    if (typeof init !== "object") {
      throw new TypeError("a gateway is made by makeGateway(), or by a Group");
    }
    const { id, group, spec, given, machine, open, program } = init;
    this.id = id;
    this.group = group;
    this.spec = Object.freeze({ ...given, id });
    this.#resolved = spec;
    const shared = {
      owner: this,
      program,
      machine,
      keepAlive: this.#keepAlive,
      ids: new ChannelIds("initiator"),
    };
    this.#session = new Session({
      ...shared,
      kind: "gateway",
      spec,
      transport: open(spec, machine, id),
      heartbeat: spec.heartbeat,
      lost: (reason) => this.#unbound.lose(reason),
    });
    this.#isolation = new Isolation((permissions = spec.permissions) => {
      const own = withPermissions(spec, permissions);
      const { transport, queued, release } = openQueued(own, machine, () => open(own, machine, id));
      const session = new Session({ ...shared, kind: "execution", spec: own, transport, queued });
      session.connection.hello.then(release, release);
      return session;
    });
    this.#unbound = new UnboundChannels(this, this.#session.connection);
    this.#closed = this.#session.closed.then(async (exit) => {
      await this.#isolation.lose(this.#session.connection.lost);
      return exit;
    });
  }

  static {
    create = (init) => new Gateway(init);
    ready = async (gateway) => {
      const { pid, deno, v8, typescript, os, arch } = await gateway.#session.ready();
      gateway.#remote = Object.freeze({ pid, deno, v8, typescript, os, arch });
    };
    ended = (gateway) => gateway.#closed;
    relay = (gateway) => ({
      id: gateway.id,
      newChannel: () => gateway.newChannel(),
      // Its own isolate, whatever its execmodel: what it carries does not depend on another process.
      remoteExec: (fn, args, options) =>
        gateway.remoteExec(fn, args, { ...options, isolate: false }),
      relay: (args, name) =>
        gateway.#session.run({ kind: "relay", text: "", name, position: "" }, args) as never,
      hold: () => gateway.#keepAlive.hold(),
    });
    execute = (gateway, code, args, options) => gateway.#execute(code, args, options);
  }

  /** What the remote process told of itself: its pid, versions, operating system and architecture. */
  get remote(): RemoteInfo {
    if (this.#remote === undefined) {
      throw new GatewayClosedError(`gateway ${this.id} has not answered yet`);
    }
    return this.#remote;
  }

  /**
   * How it ended, once it has; never rejects. Reading this is waiting for it: the event loop stays
   * alive until the gateway ends.
   */
  get closed(): Promise<GatewayExit> {
    const hold = this.#keepAlive.hold();
    return this.#closed.finally(() => hold[Symbol.dispose]());
  }

  /**
   * Runs source text, or the module of a URL, there. What its channel carries is what you say:
   * `remoteExec<string>("…")` receives strings.
   *
   * Source text is the body of an async function, in which `channel` and `args` are bound.
   * TypeScript types are taken out; `import` declarations and `import()` work.
   *
   * A `file:` module travels with all that it imports: relative files, JSON, text, names of the
   * nearest `deno.json`, npm and JSR packages. It is read before this returns; where it imports
   * anything but `node:`, `deno bundle` makes one script of it. A module of another URL (`https:`,
   * `jsr:`, `npm:`) is imported by the gateway, under its own `import` permission.
   *
   * Where its default export is a function, that is called with `(channel, args)`, as a function
   * that is sent is. Otherwise its top level is all that runs: each time of a `file:` module, once in
   * a process of another, as Deno keeps those. In a module and what it imports, `channel` and `args`
   * are bound: `typeof channel !== "undefined"` tells that it was sent. `import.meta.main` is false
   * there.
   *
   * The channel closes with a {@linkcode ModuleError} when the module cannot be sent. This process
   * needs `--allow-read` of its files, and for `deno bundle` also `--allow-write` of the temporary
   * directory.
   *
   * @throws {TypeError} when it is neither, or a URL of another scheme; and when an option is
   * unknown, or of a wrong type.
   * @throws {SerializationError} when `args` cannot travel.
   * @throws {GatewayClosedError} when the gateway has ended, or is asked to.
   */
  remoteExec<Receive = unknown, Send = unknown>(
    code: string | URL,
    args?: unknown,
    options?: ExecOptions,
  ): Channel<Receive, Send>;
  /**
   * Runs a pure async generator function there; its channel receives what it yields. See below for
   * what is pure.
   */
  remoteExec<Yield, Receive = unknown, Args = unknown>(
    fn: RemoteGenerator<Receive, Yield, Args>,
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): Channel<Yield, Receive>;
  /**
   * Runs a pure function there: one that uses nothing but its parameters, what it declares itself,
   * and the globals of Deno.
   *
   * @throws {ImpureFunctionError} when it uses anything else; nothing is sent then.
   * @throws {SerializationError} when `args` cannot travel.
   * @throws {GatewayClosedError} when the gateway has ended, or is asked to.
   */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    args?: Args | AtPeer<Args>,
    options?: ExecOptions,
  ): Channel<Send, Receive>;
  remoteExec(
    code: string | URL | RemoteFunction<unknown, unknown, never>,
    args?: unknown,
    options: ExecOptions = {},
  ): Channel {
    checkExecOptions(options);
    return this.#execute(codeOf(code, options.name, this.remoteExec), args, options);
  }

  #execute(code: Code, args: unknown, options: ExecOptions): Channel {
    const { signal } = options;
    signal?.throwIfAborted();
    const channel = this.#run(code, args, options);
    if (signal !== undefined) {
      const core = coreOf(channel);
      const abort = () => core?.close(signal.reason, abortedError(core.label, signal.reason));
      signal.addEventListener("abort", abort);
      channel.signal.addEventListener("abort", () => signal.removeEventListener("abort", abort));
    }
    return channel;
  }

  /**
   * Runs a pure function there and gives its result. A parameter with a default needs its type
   * written: `(a: number, b: number = 2) => a + b`.
   *
   * @throws {RemoteError} when it throws there.
   * @throws {ImpureFunctionError} when it is not pure.
   * @throws {SerializationError} when an argument cannot travel.
   * @throws {GatewayClosedError} when the gateway ends before.
   */
  async call<Args extends unknown[], Result>(
    fn: (...args: Args) => Result,
    ...args: { [Index in keyof Args]: Args[Index] | AtPeer<Args[Index]> }
  ): Promise<Awaited<Result>> {
    const code = { ...functionCode(fn, "call"), from: callOf(this.call) };
    return await this.#run(code, args, {}).receive() as Awaited<Result>;
  }

  /** A new channel. To be of use there, it has to be sent there over another one. */
  newChannel<Receive = unknown, Send = unknown>(): Channel<Receive, Send> {
    return this.#unbound.newChannel() as Channel<Receive, Send>;
  }

  /**
   * What it is doing: its channels, the names of its executions, and where they run. A gateway in a
   * busy loop answers after it.
   *
   * @throws {TimeoutError} after `timeout` milliseconds (default: no bound).
   * @throws {GatewayClosedError} when the gateway is gone.
   */
  async remoteStatus(options?: WaitOptions): Promise<RemoteStatus> {
    checkOptions("remoteStatus", options, WAIT_OPTIONS);
    const { channels, executing } = await this.#session.connection.requestStatus(options);
    return {
      channels: channels + this.#unbound.size + this.#isolation.channelCount,
      executing: [...executing, ...this.#isolation.executing],
      execModel: this.#resolved.execmodel,
    };
  }

  /**
   * Begins to end it: its executions are asked to stop and have 1 s to do so. Nothing new can be
   * run on it.
   */
  exit(): void {
    this.#isolation.terminate();
    this.#session.exit();
  }

  /** Ends it: asks, then SIGTERM, then SIGKILL. */
  async terminate(options: TerminateOptions = {}): Promise<GatewayExit> {
    checkOptions("terminate", options, TERMINATE_OPTIONS);
    await Promise.all([
      this.#isolation.terminate(options.timeout),
      this.#session.terminate(options.timeout),
    ]);
    return await this.#closed;
  }

  /** The same as {@linkcode Gateway.terminate}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** For `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Gateway(${this.id})`;
  }

  #run(code: Code, args: unknown, { isolate, permissions, deny }: ExecOptions): Channel {
    const isNarrowed = permissions !== undefined || deny !== undefined;
    const isIsolated = isNarrowed || (isolate ?? this.#resolved.execmodel === "process");
    if (!isIsolated) return this.#session.run(code, args);
    this.#session.checkOpen(code.name);
    if (!isNarrowed) return this.#isolation.run(code, args);
    const granter = `gateway ${this.id}`;
    const narrowed = narrow(this.#resolved.permissions, { permissions, deny }, { granter });
    return this.#isolation.run(code, args, narrowed);
  }
}

function abortedError(channel: string, cause: unknown): ChannelClosedError {
  const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : described(cause);
  return new ChannelClosedError(
    `${channel} was closed, as the signal of its remoteExec was aborted: ${why}`,
    { cause },
  );
}

/** A gateway that was told to start. */
export function createGateway(init: GatewayInit): Gateway {
  return create(init);
}

/**
 * Waits for a gateway's handshake.
 *
 * @throws {LaunchError} or a kind of it; the process has been ended then.
 */
export function whenReady(gateway: Gateway): Promise<void> {
  return ready(gateway);
}

/** A gateway as one that starts others. */
export function asRelay(gateway: Gateway): RelayGateway {
  return relay(gateway);
}

/** How a gateway ended, without keeping the event loop alive. */
export function whenEnded(gateway: Gateway): Promise<GatewayExit> {
  return ended(gateway);
}

/** Runs code of any kind on a gateway. */
export function executeOn(
  gateway: Gateway,
  code: Code,
  args: unknown,
  options: ExecOptions,
): Channel {
  return execute(gateway, code, args, options);
}
