/**
 * The gateway: a process elsewhere that runs what it is sent.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { callOf } from "../code/call.ts";
import { codeOf, functionCode } from "../code/loaded.ts";
import { forUser } from "../errors/user_stack.ts";
import { checkOptions } from "../internal/arguments.ts";
import { WAIT_OPTIONS, type WaitOptions } from "../internal/wait.ts";
import type { RemoteInfo } from "../protocol/remote_info.ts";
import type { GatewaySpec } from "../spec/spec.ts";
import type { GatewayExit } from "../transports/transport.ts";
import type { AtPeer } from "./at_peer.ts";
import {
  type CallOptions,
  checkCallOptions,
  checkExecOptions,
  type ExecArguments,
  type ExecOptions,
  type RemoteFunction,
  type RemoteGenerator,
} from "./exec_options.ts";
import type { GatewayCore } from "./gateway_core.ts";
import type { GatewayShape } from "./gateway_init.ts";
import type { GatewayGroup } from "./group_interface.ts";
import { TERMINATE_OPTIONS, type TerminateOptions } from "./process/terminate.ts";
import type { RemoteStatus } from "./remote_status.ts";

let create: (shape: GatewayShape<Gateway, GatewayCore>) => Gateway;
let inside: (gateway: Gateway) => GatewayCore;

/**
 * A `deno run` process elsewhere. Made by {@linkcode makeGateway} or a {@linkcode Group}.
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
  /** The {@linkcode Group} that it belongs to. */
  readonly group: GatewayGroup<Gateway>;
  /** The spec that it was made from, with its id, without tokens. */
  readonly spec: GatewaySpec;
  readonly #core: GatewayCore;

  private constructor(shape: GatewayShape<Gateway, GatewayCore>) {
    if (typeof shape !== "object") throw new TypeError("a gateway is made by makeGateway()");
    this.id = shape.id;
    this.group = shape.group;
    this.spec = Object.freeze({ ...shape.given, id: shape.id });
    this.#core = shape.makeCore(this);
  }

  static {
    create = (shape) => new Gateway(shape);
    inside = (gateway) => gateway.#core;
  }

  /** The remote process: its pid, versions, operating system and architecture. */
  get remote(): RemoteInfo {
    return this.#core.remote;
  }

  /**
   * Resolves with the exit status when the gateway has ended; never rejects. Watching it does not
   * keep a script alive that has nothing else to do, but for 2 s: such a script ends, and its
   * gateways with it. A top-level `await` waits for the end, however long that takes.
   *
   * @example
   * ```ts
   * import { makeGateway } from "@x/execnet";
   * import { assertEquals } from "@std/assert";
   *
   * const gw = await makeGateway();
   * gw.exit();
   * const { reason, code } = await gw.closed;
   * assertEquals([reason, code], ["exit", 0]);
   * ```
   */
  get closed(): Promise<GatewayExit> {
    return this.#core.closed;
  }

  /**
   * Runs source text, or the module of a URL, there. The type arguments say what the channel
   * receives and sends: `remoteExec<string>("…")` receives strings.
   *
   * Source text is the body of an async function, in which `channel` and `args` are bound. It may
   * have TypeScript types, `import` declarations and `import()`.
   *
   * A `file:` module is sent together with all that it imports: relative files, JSON, text, names of
   * the nearest `deno.json`, npm and JSR packages. Its files are read before this returns. Packages
   * are bundled by `deno bundle`. A module of another URL (`https:`, `jsr:`, `npm:`) is imported by the
   * gateway, under its own `import` permission, unless a module of the same origin calls this.
   *
   * If the module's default export is a function, it is called with `(channel, args)`. Otherwise only
   * its top level runs: each time for a `file:` module, but once in a process for any other, as Deno
   * caches those. `channel` and `args` are bound in the module and what it imports, so that
   * `typeof channel !== "undefined"` tells that it was sent. `import.meta.main` is false there.
   *
   * The channel closes with a {@linkcode ModuleError} if the module cannot be sent. This process
   * needs `--allow-read` for its files, and for `deno bundle` also `--allow-write` for the temporary
   * directory.
   *
   * @throws {TypeError} if `code` is neither, or a URL of another scheme, or if an option is unknown
   * or of a wrong type.
   * @throws {SerializationError} if `args` cannot be sent.
   * @throws {GatewayClosedError} if the gateway has ended, or was asked to.
   */
  remoteExec<Receive = unknown, Send = unknown>(
    code: string | URL,
    args?: unknown,
    options?: ExecOptions,
  ): Channel<Receive, Send>;
  /**
   * Runs a pure async generator function there; its channel receives what it yields. The next
   * overload says what is pure.
   *
   * @example
   * ```ts
   * import { makeGateway } from "@x/execnet";
   * import { assertEquals } from "@std/assert";
   *
   * await using gw = await makeGateway();
   * const channel = gw.remoteExec(async function* (_channel, count: number) {
   *   for (let n = 0; n < count; n++) yield n * n;
   * }, 3);
   * assertEquals(await Array.fromAsync(channel), [0, 1, 4]);
   * ```
   */
  remoteExec<Yield, Receive = unknown, Args = unknown>(
    fn: RemoteGenerator<Receive, Yield, Args>,
    ...args: ExecArguments<Args>
  ): Channel<Yield, Receive>;
  /**
   * Runs a pure function there: one that uses nothing but its parameters, its own declarations and
   * the globals of Deno.
   *
   * @throws {ImpureFunctionError} if it uses anything else; nothing is sent then.
   * @throws {SerializationError} if `args` cannot be sent.
   * @throws {GatewayClosedError} if the gateway has ended, or was asked to.
   */
  remoteExec<Receive = unknown, Send = unknown, Args = unknown>(
    fn: RemoteFunction<Receive, Send, Args>,
    ...args: ExecArguments<Args>
  ): Channel<Send, Receive>;
  remoteExec(
    code: string | URL | RemoteFunction<unknown, unknown, never>,
    args?: unknown,
    options: ExecOptions = {},
  ): Channel {
    checkExecOptions(options);
    return this.#core.start(codeOf(code, options.name, this.remoteExec), args, options);
  }

  /**
   * Runs a pure function there and returns its result. A parameter with a default value needs an
   * explicit type: `(a: number, b: number = 2) => a + b`.
   *
   * @throws {RemoteError} if the function throws.
   * @throws {ImpureFunctionError} if it is not pure; nothing is sent then.
   * @throws {SerializationError} if an argument cannot be sent.
   * @throws {GatewayClosedError} if the gateway ends before.
   */
  async call<Args extends unknown[], Result>(
    fn: (...args: Args) => Result,
    ...args: { [Index in keyof Args]: Args[Index] | AtPeer<Args[Index]> }
  ): Promise<Awaited<Result>> {
    const code = functionCode(fn, "call", undefined, callOf(this.call));
    return await this.#core.call(code, args, {}) as Awaited<Result>;
  }

  /**
   * The same as {@linkcode Gateway.call}, with options. An abort of the `signal` closes the call as
   * it closes a channel of {@linkcode Gateway.remoteExec}.
   *
   * @throws {TimeoutError} after `timeout` milliseconds; the function has been asked to stop then. One
   * that has a process of its own (`isolate`) is made to.
   */
  async callWith<Args extends unknown[], Result>(
    options: CallOptions = {},
    fn: (...args: Args) => Result,
    ...args: { [Index in keyof Args]: Args[Index] | AtPeer<Args[Index]> }
  ): Promise<Awaited<Result>> {
    checkCallOptions(options);
    const code = functionCode(fn, "call", options.name, callOf(this.callWith));
    return await this.#core.call(code, args, options) as Awaited<Result>;
  }

  /**
   * Makes a channel. The far side gets its other end when it is sent there over another channel, or
   * in `args`.
   *
   * @throws {GatewayClosedError} if the gateway has ended.
   */
  newChannel<Receive = unknown, Send = unknown>(): Channel<Receive, Send> {
    return this.#core.newChannel();
  }

  /**
   * Asks what the gateway is doing: the number of its channels, the names of its executions, and
   * where they run. A gateway in a busy loop answers when that ends.
   *
   * @throws {TimeoutError} after `timeout` milliseconds (default: no bound).
   * @throws {GatewayClosedError} if the gateway has ended.
   */
  async remoteStatus(options?: WaitOptions): Promise<RemoteStatus> {
    checkOptions("remoteStatus", options, WAIT_OPTIONS);
    return await forUser(() => this.#core.status(options));
  }

  /** Begins an orderly end: nothing new can be run, and what runs has 1 s, with its results. */
  exit(): void {
    this.#core.exit();
  }

  /**
   * Ends the gateway, and resolves when it has ended. What runs there is asked to stop as by
   * {@linkcode Gateway.exit}, and has `timeout` milliseconds for that (default 1,000), with its
   * `finally` blocks. A gateway that does not end then gets SIGTERM, and SIGKILL 1 s later.
   */
  async terminate(options: TerminateOptions = {}): Promise<GatewayExit> {
    checkOptions("terminate", options, TERMINATE_OPTIONS);
    return await this.#core.terminate(options.timeout);
  }

  /** The same as {@linkcode Gateway.terminate}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  /** Names the gateway in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `Gateway(${this.id})`;
  }
}

/** Makes a gateway around its inside. */
export function gatewayOf(shape: GatewayShape<Gateway, GatewayCore>): Gateway {
  return create(shape);
}

/** Returns the inside of a gateway. */
export function coreOf(gateway: Gateway): GatewayCore {
  return inside(gateway);
}
