/**
 * The inside of a gateway: its process, and those of its isolated executions.
 *
 * @module
 */

import type { Channel, ChannelGateway } from "../channel/channel.ts";
import { ChannelIds } from "../channel/mux/channel_table.ts";
import { UnboundChannels } from "../channel/mux/unbound.ts";
import type { Code } from "../code/code.ts";
import { functionCode, loadTools } from "../code/loaded.ts";
import { GatewayClosedError, SpecError, TimeoutError } from "../errors.ts";
import { clearTimer, setTimeout } from "../internal/timers.ts";
import { escapeControls } from "../internal/escape.ts";
import { isOlder } from "../internal/version.ts";
import type { WaitOptions } from "../internal/wait.ts";
import { narrow } from "../permissions/narrowing.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import type { RemoteInfo } from "../protocol/remote_info.ts";
import { requiredIds, type ResolvedSpec } from "../spec/spec.ts";
import type { GatewayExit } from "../transports/transport.ts";
import { untilAborted } from "../transports/machine/machine.ts";
import { withChanges } from "../transports/machine/request.ts";
import { denoVersionError } from "../transports/program/deno_command.ts";
import { openQueued } from "../transports/start/start.ts";
import type { RelayGateway } from "../transports/via/relay_process.ts";
import { closeOnAbort } from "./cancel.ts";
import type { CallOptions, ExecOptions } from "./exec_options.ts";
import type { GatewayInit } from "./gateway_init.ts";
import { Isolation } from "./process/isolation.ts";
import { KeepAlive } from "./process/keep_alive.ts";
import { Session } from "./process/session.ts";
import type { RemoteStatus } from "./remote_status.ts";
import { Work } from "./work.ts";

/**
 * How long a read of `Gateway.closed` keeps the event loop alive: long enough for an end that has
 * begun. An idle gateway would never end, nor would a script that only watches it.
 */
const WATCH_MS = 2_000;

/** What the bytes of another gateway are relayed in, with some room. */
const MIN_RELAY_ITEM_BYTES = 128 * 1024;

/** The inside of a `Gateway`. */
export class GatewayCore {
  readonly #owner: ChannelGateway;
  readonly #spec: ResolvedSpec;
  readonly #session: Session;
  readonly #isolation: Isolation;
  readonly #unbound: UnboundChannels;
  readonly #keepAlive = new KeepAlive();
  readonly #ended: Promise<GatewayExit>;
  readonly #work: Work;
  #remote: RemoteInfo | undefined;

  /** Starts the process. The `owner` is what its channels give as their gateway. */
  constructor(owner: ChannelGateway, init: GatewayInit) {
    const { id, spec, machine, transport, program, cancelled, uncaughtHandler } = init;
    this.#owner = owner;
    this.#work = new Work(id);
    this.#spec = spec;
    const keepAlive = this.#keepAlive;
    const ids = new ChannelIds("initiator");
    const shared = { owner, program, machine, keepAlive, ids, uncaughtHandler };
    this.#session = new Session({
      ...shared,
      machine: cancelled === undefined ? machine : untilAborted(machine, cancelled),
      kind: "gateway",
      spec,
      transport,
      heartbeat: spec.heartbeat,
      lost: (reason) => this.#unbound.lose(reason),
    });
    this.#isolation = new Isolation(machine, (asked, permissions = spec.permissions) => {
      const own = withChanges(spec, { permissions });
      const { release, ...opened } = openQueued(own, machine, id);
      const session = new Session({ ...shared, ...opened, kind: "execution", spec: own, ...asked });
      session.connection.hello.then(release, release);
      return session;
    });
    this.#unbound = new UnboundChannels(owner, this.#session.connection);
    this.#ended = this.#session.closed.then(async (exit) => {
      await this.#isolation.lose(this.#session.connection.lost);
      return exit;
    });
  }

  /**
   * Waits for the handshake.
   *
   * @throws {LaunchError} or a subclass of it; the process has been ended then.
   */
  async ready(): Promise<void> {
    using _hold = this.#keepAlive.hold();
    try {
      const { hello } = this.#session.connection;
      // Without the tools nothing would end the process that is up.
      const tools = loadTools().catch(async (error) => {
        await this.#session.terminate(0);
        throw error;
      });
      const [{ pid, deno, v8, typescript, os, arch }] = await Promise.all([hello, tools]);
      if (isOlder(deno, MIN_DENO_VERSION)) {
        await this.#session.terminate();
        throw denoVersionError(this.#owner.id, deno);
      }
      this.#remote = Object.freeze({ pid, deno, v8, typescript, os, arch });
    } catch (error) {
      await this.#session.closed;
      throw error;
    }
  }

  get id(): string {
    return this.#owner.id;
  }

  /** The ids of the gateways that it runs through. */
  get requires(): readonly string[] {
    return requiredIds(this.#spec);
  }

  /** @throws {GatewayClosedError} before the handshake. */
  get remote(): RemoteInfo {
    if (this.#remote !== undefined) return this.#remote;
    throw new GatewayClosedError(`gateway ${this.#owner.id} has not answered yet`);
  }

  /** Resolves when all its processes have ended. Does not keep the event loop alive. */
  get ended(): Promise<GatewayExit> {
    return this.#ended;
  }

  /** As {@linkcode GatewayCore.ended}, but keeps the event loop alive for a moment. */
  get closed(): Promise<GatewayExit> {
    const hold = this.#keepAlive.hold();
    const timer = setTimeout(() => hold[Symbol.dispose](), WATCH_MS);
    Deno.unrefTimer(timer);
    return this.#ended.finally(() => {
      clearTimer(timer);
      hold[Symbol.dispose]();
    });
  }

  /** Runs code of any kind, see `Gateway.remoteExec`, unless its group is being drained. */
  start(code: Code, args: unknown, options: ExecOptions): Channel {
    this.#work.check(code.name);
    return this.execute(code, args, options);
  }

  /** Runs code of any kind, also as a part of something that runs already, such as a map. */
  execute(code: Code, args: unknown, options: ExecOptions): Channel {
    const { signal } = options;
    signal?.throwIfAborted();
    const channel = this.#run(code, args, options);
    this.#work.add(channel);
    if (signal !== undefined) {
      closeOnAbort(channel, signal, code.kind === "call" ? "callWith" : "remoteExec");
    }
    return channel;
  }

  /** Runs a function and returns its result, see `Gateway.callWith`. */
  async call(code: Code, args: unknown, { timeout, ...options }: CallOptions): Promise<unknown> {
    const channel = this.start(code, args, options);
    try {
      return await channel.receive({ timeout });
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      channel.close(); // cancels it
      throw new TimeoutError(
        `${code.name} took longer than ${timeout} ms on gateway ${this.id}, and was cancelled`,
      );
    }
  }

  /** Refuses what its user wants to run until the returned object is disposed. */
  refuse(): Disposable {
    return this.#work.refuse();
  }

  /** Resolves when nothing runs that its user has started; undefined if nothing does now. */
  idle(): Promise<void> | undefined {
    const hold = this.#keepAlive.hold();
    const idle = this.#work.idle();
    if (idle === undefined) hold[Symbol.dispose]();
    return idle?.finally(() => hold[Symbol.dispose]());
  }

  /** Makes a channel that belongs to no connection yet. */
  newChannel<Receive, Send>(): Channel<Receive, Send> {
    return this.#unbound.newChannel() as Channel<Receive, Send>;
  }

  /** Asks what it is doing, see `Gateway.remoteStatus`. */
  async status(options?: WaitOptions): Promise<RemoteStatus> {
    const { channels, executing } = await this.#session.connection.requestStatus(options);
    return {
      channels: channels + this.#unbound.size + this.#isolation.channelCount,
      executing: [...executing.map(escapeControls), ...this.#isolation.executing],
      execModel: this.#spec.execmodel,
    };
  }

  /** Asks it to end. */
  exit(): void {
    this.#isolation.terminate();
    this.#session.exit();
  }

  /** Asks it to end, then makes it, see `Gateway.terminate`. */
  async terminate(graceMs?: number): Promise<GatewayExit> {
    await Promise.all([this.#isolation.terminate(graceMs), this.#session.terminate(graceMs)]);
    return await this.#ended;
  }

  /**
   * Returns it as a gateway that starts others.
   *
   * @param key The one of their specs that names it.
   * @throws {SpecError} if it cannot be one.
   */
  asRelay(key: string): RelayGateway {
    const { maxItemBytes = Infinity } = this.#spec;
    if (maxItemBytes < MIN_RELAY_ITEM_BYTES) {
      throw new SpecError(
        `the gateway "${this.id}", which "${key}" names, has maxItemBytes=${maxItemBytes}: one that ` +
          `starts others needs ${MIN_RELAY_ITEM_BYTES} at least`,
      );
    }
    return {
      id: this.#owner.id,
      newChannel: () => this.newChannel(),
      // In the gateway's own process, whatever its execmodel: it depends on no further process then.
      remoteExec: (fn, args, { name }) =>
        this.#run(functionCode(fn, "function", name), args, { isolate: false }) as never,
      relay: (args, name) =>
        this.#session.run({ kind: "relay", text: "", name, position: "" }, args) as never,
      hold: () => this.#keepAlive.hold(),
    };
  }

  #run(code: Code, args: unknown, { isolate, permissions, deny }: ExecOptions): Channel {
    const isNarrowed = permissions !== undefined || deny !== undefined;
    const isIsolated = isNarrowed || (isolate ?? this.#spec.execmodel === "process");
    if (!isIsolated) return this.#session.run(code, args);
    this.#session.checkOpen(code.name);
    if (!isNarrowed) return this.#isolation.run(code, args);
    const granter = `gateway ${this.#owner.id}`;
    const narrowed = narrow(this.#spec.permissions, { permissions, deny }, { granter });
    return this.#isolation.run(code, args, narrowed);
  }
}
