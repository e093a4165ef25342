/**
 * One process of a gateway, and the connection to it: the gateway's own, or that of one isolated
 * execution.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type Channel, type ChannelGateway, coreOf } from "../../channel/channel.ts";
import type { ChannelIds } from "../../channel/mux/channel_table.ts";
import { Connection, type ConnectionHandler } from "../../channel/mux/connection.ts";
import { GatewayClosedError, LaunchError, ProtocolError } from "../../errors.ts";
import { type Limits, MIN_DENO_VERSION } from "../../protocol/constants.ts";
import { encodePreamble, type Hello, localHello } from "../../protocol/preamble.ts";
import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { isOlder } from "../../internal/version.ts";
import type { Transport } from "../../transports/transport.ts";
import type { Code } from "../../code/code.ts";
import { denoVersionError } from "../../transports/program/deno_command.ts";
import { deniedAdvice } from "../../permissions/advice.ts";
import { epitaph, runningNow } from "./exit_message.ts";
import { DEFAULT_TERMINATE_MS } from "./terminate.ts";
import { importAdvice } from "../../code/import_advice.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import type { KeepAlive } from "./keep_alive.ts";
import { launchError } from "../../transports/start/open.ts";
import { endWithProcess } from "./lifetime.ts";
import { printLine } from "../../internal/lines.ts";
import { type GatewayExit, type ProcessObserver, RemoteProcess } from "./remote_process.ts";
import { explain } from "../../code/remote_stack.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";
import { UnseenFailures } from "./unreported.ts";

/** What a {@linkcode Session} is made of. */
export interface SessionInit {
  /** The gateway. */
  owner: ChannelGateway;
  spec: ResolvedSpec;
  /** Where it is started from. */
  machine: Machine;
  transport: Transport;
  /** Resolves when its start has a slot, from when `connectTimeout` counts; default: it has one. */
  queued?: Promise<void>;
  /** The far side's program, as its loader reads it; nothing where it runs already. */
  program: Uint8Array | undefined;
  keepAlive: KeepAlive;
  /** The numbers of channels, which all processes of the gateway share. */
  ids: ChannelIds;
  limits?: Partial<Limits>;
  /** Seconds between the signs of life that are asked of it; default: none are. */
  heartbeat?: number;
  /** The connection is gone; everything that waits on it fails with `reason`. */
  lost?(reason: Error): void;
}

/** A process of a gateway, and the connection to it. */
export class Session implements ConnectionHandler, ProcessObserver {
  readonly side = "initiator";
  readonly owner: ChannelGateway;
  readonly ids: ChannelIds;
  readonly hash = codeHash;
  readonly connection: Connection;
  readonly #init: SessionInit;
  readonly #process: RemoteProcess;
  readonly #running = new Map<Channel, string>();
  readonly #failures = new UnseenFailures();
  #output: ResolvedSpec["output"];
  /** The isolated execution that owns the process. */
  #execution: { name: string; channel: Channel } | undefined;
  /** Why this side has ended it: it did not come up, or it is silent. */
  #verdict: Error | undefined;
  /** It is to end, or has ended: nothing new can be run. */
  #ending = false;
  /** This side wants its end. */
  #asked = false;
  /** Nothing is started yet: it waits for a slot. */
  #isWaiting = true;

  constructor(init: SessionInit) {
    this.#init = init;
    this.owner = init.owner;
    this.ids = init.ids;
    this.#output = init.spec.output;
    const process = this.#process = new RemoteProcess(init.transport, init.keepAlive, this);
    const forget = endWithProcess({
      end: () => this.terminate(),
      abort: () => process.abort("SIGTERM"),
    });
    process.closed.then(forget);
    this.connection = new Connection(process, this, init.limits);
    const hello = encodePreamble(localHello(this.owner.id, this.connection.maxItemBytes));
    this.connection.start(...(init.program === undefined ? [] : [init.program]), hello);
    if (init.queued === undefined) this.#boundStart();
    else init.queued.then(() => this.#boundStart());
    if (init.heartbeat !== undefined) this.#watchOver(init.heartbeat);
  }

  /**
   * Waits for the handshake.
   *
   * @throws {LaunchError} or a kind of it; the process has been ended then.
   */
  async ready(): Promise<Hello> {
    using _hold = this.hold();
    try {
      const hello = await this.connection.hello;
      if (isOlder(hello.deno, MIN_DENO_VERSION)) {
        await this.terminate();
        throw denoVersionError(this.owner.id, hello.deno);
      }
      return hello;
    } catch (error) {
      await this.closed;
      throw error;
    }
  }

  /** Never rejects. Does not keep the event loop alive. */
  get closed(): Promise<GatewayExit> {
    return this.#process.closed;
  }

  /** Whether it is to end, or has ended. */
  get isEnding(): boolean {
    return this.#ending;
  }

  /** Names of what runs there. */
  get executing(): string[] {
    return [...this.#running.values()];
  }

  /** @throws {GatewayClosedError} when nothing new can be run, such as `name`. */
  checkOpen(name: string): void {
    if (!this.#ending) return;
    const { lost } = this.connection;
    const why = lost?.message ?? `gateway ${this.owner.id} is ending`;
    throw new GatewayClosedError(`cannot run ${name}: ${why}`, { cause: lost });
  }

  /**
   * Runs code there.
   *
   * @param isolated Whether the process belongs to this execution, and ends with it.
   */
  run(code: Code, args: unknown, isolated = false): Channel {
    const { kind, name, text, position } = code;
    this.checkOpen(name);
    const channel = this.connection.exec({ kind, name, position, isolated }, text, args);
    coreOf(channel)?.onError((init) => explain(code, { ...init, gateway: this.owner.id }));
    if (isolated) this.#execution = { name, channel };
    this.#running.set(channel, name);
    coreOf(channel)?.onEnd(() => {
      // Lost with the connection, it is still told of.
      if (this.connection.lost !== undefined) return;
      this.#running.delete(channel);
      this.#failures.add(channel, name);
    });
    return channel;
  }

  advise(message: string): string | undefined {
    return deniedAdvice(message, this.owner.id, this.#init.spec.permissions) ??
      importAdvice(message);
  }

  /** Asks it to end. */
  exit(): void {
    this.#asked = true;
    if (this.#ending) return;
    this.#ending = true;
    this.connection.requestExit();
    if (this.#isWaiting) this.#process.abort("SIGTERM");
  }

  /** Asks it to end, then makes it: SIGTERM after `timeout` ms, SIGKILL 1 s later. */
  async terminate(timeout: number = DEFAULT_TERMINATE_MS): Promise<GatewayExit> {
    using _hold = this.hold();
    return await this.#process.terminate(() => this.exit(), timeout);
  }

  /**
   * Ends it, as its gateway is gone. It is not asked: then an execution that stops half-way would
   * look like one that was done.
   */
  endWithGateway(reason: Error | undefined): Promise<GatewayExit> {
    const { executing } = this;
    this.#verdict ??= new GatewayClosedError(
      `${this.#subject} was ended, because its gateway is gone` +
        (reason === undefined ? "" : `: ${reason.message}`),
      { cause: reason, executing, stderrTail: this.#process.tail },
    );
    this.#ending = true;
    return this.#process.terminate(() => {}, 0);
  }

  hold(): Hold {
    return this.#init.keepAlive.hold();
  }

  lost(error: Error | undefined): Error {
    this.#ending = true;
    const reason = this.#reasonOf(error);
    this.#init.lost?.(reason);
    return reason;
  }

  printed(line: string, stream: "stdout" | "stderr"): void {
    if (this.#output === "inherit") this.#print(line);
    if (typeof this.#output !== "function") return;
    try {
      this.#output(line, stream, this.owner, this.#execution?.name);
    } catch (error) {
      this.#output = "null";
      this.#print(`(its output is no longer shown: ${error})`);
    }
  }

  outputLost(stream: "stdout" | "stderr", error: unknown): void {
    if (!this.#ending) this.#print(`(its ${stream} is no longer shown: ${error})`);
  }

  async ended(): Promise<void> {
    if (this.connection.peer === undefined) {
      // Whatever goes wrong in finding out, its end has to be told.
      this.#verdict ??= await this.#whyNotStarted().catch((error) => error);
    }
    // Closed by this side and ended for it, an execution has ended as it was asked to.
    if (this.#execution !== undefined) coreOf(this.#execution.channel)?.closeFor();
    this.#failures.report((line) => this.#print(line));
  }

  #boundStart(): void {
    const { connectTimeout } = this.#init.spec;
    this.#isWaiting = false;
    const timer = setTimeout(() => {
      const seen = [this.connection.noise, ...this.#process.tail].join("\n").trim();
      this.#verdict = new LaunchError(
        `cannot start ${this.#subject}: no answer within ${connectTimeout} ms` +
          (seen === "" ? "" : `; it printed: ${seen.slice(-500)}`) +
          `; if it needs longer, raise connectTimeout`,
      );
      this.#process.abort("SIGKILL");
    }, connectTimeout);
    Deno.unrefTimer(timer);
    const clear = () => clearTimer(timer);
    this.connection.hello.then(clear, clear);
  }

  async #watchOver(seconds: number): Promise<void> {
    try {
      await this.connection.hello;
    } catch {
      return;
    }
    const stop = startHeartbeat(this.connection, seconds, () => {
      this.#verdict = new GatewayClosedError(
        `${this.#subject} was ended, because nothing has come from it for ${seconds} s ` +
          `(heartbeat=${seconds}): it is busy or stopped, or its link is dead` +
          runningNow(this.executing),
        { executing: this.executing, stderrTail: this.#process.tail },
      );
      this.#process.abort("SIGKILL");
    });
    this.closed.then(stop);
  }

  async #whyNotStarted(): Promise<Error> {
    if (this.#asked) {
      return new GatewayClosedError(`${this.#subject} was ended while it started`);
    }
    const noise = this.connection.noise.split("\n").filter((line) => line.trim() !== "");
    const seen = [...noise, ...this.#process.tail];
    const { spec, machine } = this.#init;
    const { status, streamError } = this.#process;
    // A transport that connects knows best what was in the way.
    if (streamError instanceof LaunchError) return streamError;
    // One that it goes through, or that has started its server, is lost.
    const isLost = streamError instanceof GatewayClosedError;
    if (streamError !== undefined && (isLost || machine.via !== undefined)) {
      const via = machine.via === undefined ? "" : ` via ${machine.via}`;
      return new LaunchError(
        `cannot start ${this.#subject}${via}: ${streamError.message}`,
        { cause: streamError },
      );
    }
    return await launchError(spec, this.owner.id, status, seen, machine);
  }

  #reasonOf(error: Error | undefined): Error {
    if (this.#verdict !== undefined) return this.#verdict;
    if (!(error instanceof ProtocolError)) {
      const { executing } = this;
      const { status, tail, streamError } = this.#process;
      const text = epitaph(this.#subject, status, executing, tail, streamError);
      return new GatewayClosedError(text, { ...status, stderrTail: tail, executing });
    }
    this.#process.abort("SIGKILL");
    if (this.connection.peer === undefined) {
      return new LaunchError(`cannot start ${this.#subject}: ${error.message}`, { cause: error });
    }
    return new ProtocolError(
      `${this.#subject} was ended, because ${error.message}`,
      { cause: error },
    );
  }

  /** What messages call it. */
  get #subject(): string {
    const gateway = `gateway ${this.owner.id}`;
    return this.#execution === undefined
      ? gateway
      : `the isolated execution ${this.#execution.name} of ${gateway}`;
  }

  #print(line: string): void {
    const { id } = this.owner;
    printLine(this.#execution === undefined ? id : `${id}:${this.#execution.name}`, line);
  }
}

/** SHA-256, as nothing else is as surely another for another text. */
function codeHash(message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(message).digest());
}
