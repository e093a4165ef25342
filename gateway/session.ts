/**
 * A gateway's process and connection: what is inside of a {@linkcode Gateway}.
 *
 * @module
 */

import { type Channel, type ChannelGateway, coreOf } from "../channel/channel.ts";
import type { ChannelCore } from "../channel/core.ts";
import { Connection, type ConnectionHandler } from "../channel/connection.ts";
import { GatewayClosedError, LaunchError, ProtocolError } from "../errors.ts";
import type { ByteSink, ByteStream } from "../protocol/byte_stream.ts";
import type { Limits } from "../protocol/constants.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import type { Hello } from "../protocol/preamble.ts";
import type { ExitStatus, Transport } from "../transports/transport.ts";
import type { Code } from "./code.ts";
import { denoVersionError, isOlder } from "./deno_command.ts";
import { launchError } from "./launch.ts";
import { endWithProcess } from "./lifetime.ts";
import { encodeProgram } from "./loader.ts";
import { eachLine, LineTail, printLine } from "./output.ts";
import type { ResolvedSpec } from "./spec.ts";

/** How a gateway ended. */
export interface GatewayExit {
  /** By itself (`exit`), by a signal (`killed`), or nobody can tell (`lost`). */
  reason: "exit" | "lost" | "killed";
  /** Exit code, or `null`. */
  code: number | null;
  /** Name of the signal, or `null`. */
  signal: string | null;
  /** The last lines that it printed on stderr, oldest first; 20 at most. */
  stderrTail: string[];
}

/** After the process has ended, for the rest of its bytes; a grandchild may hold its pipes open. */
const LAST_BYTES_MS = 500;
/** After the connection has ended, for the process. */
const LAST_STATUS_MS = 2_000;
/** The remote gives its executions 1 s; this is some more. */
const DEFAULT_TERMINATE_MS = 2_000;
/** After SIGTERM, before SIGKILL. */
const TERM_GRACE_MS = 1_000;
const MAX_FAILURES = 20;
const NO_STATUS: ExitStatus = { code: null, signal: null };

/** A gateway's process and connection. */
export class Session implements ConnectionHandler, ByteStream {
  readonly side = "initiator";
  readonly owner: ChannelGateway;
  readonly connection: Connection;
  readonly #transport: Transport;
  readonly #spec: ResolvedSpec;
  readonly #tail = new LineTail();
  readonly #running = new Map<Channel, string>();
  readonly #failures: { core: ChannelCore; name: string }[] = [];
  readonly #closed = Promise.withResolvers<GatewayExit>();
  readonly #forget: () => void;
  readonly #printed: Promise<unknown>;
  #sink: ByteSink | undefined;
  #streamEnded = Promise.withResolvers<void>();
  #streamError: Error | undefined;
  #status: ExitStatus = NO_STATUS;
  /** It is to end, or has ended: nothing new can be run. */
  #ending = false;
  /** This side wants its end. */
  #asked = false;
  #waiting = 0;

  constructor(
    owner: ChannelGateway,
    spec: ResolvedSpec,
    transport: Transport,
    program: string | undefined,
    limits?: Partial<Limits>,
  ) {
    this.owner = owner;
    this.#spec = spec;
    this.#transport = transport;
    this.#printed = Promise.all([this.#relay("stdout"), this.#relay("stderr")]);
    this.#forget = endWithProcess({
      end: () => this.terminate(),
      abort: () => transport.abort("SIGTERM"),
    });
    this.#watch();
    this.connection = new Connection(this, this, limits);
    this.connection.start(program === undefined ? undefined : encodeProgram(program));
  }

  /**
   * Waits for the handshake.
   *
   * @throws {LaunchError} or a kind of it; the process has been ended then.
   */
  async ready(): Promise<Hello> {
    const { connectTimeout } = this.#spec;
    const timer = setTimeout(() => {
      this.#streamError = new LaunchError(
        `cannot start gateway ${this.owner.id}: no answer within ${connectTimeout} ms` +
          this.#noise() + `; if it needs longer, raise connectTimeout`,
      );
      this.#transport.abort("SIGKILL");
    }, connectTimeout);
    this.waiting(1);
    try {
      const hello = await this.connection.hello;
      if (isOlder(hello.deno, MIN_DENO_VERSION)) {
        await this.terminate();
        throw denoVersionError(this.owner.id, hello.deno);
      }
      return hello;
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      if (this.#asked) {
        throw new GatewayClosedError(`gateway ${this.owner.id} was ended while it started`);
      }
      await this.#closed.promise;
      if (this.#streamError instanceof LaunchError) throw this.#streamError;
      if (this.#streamError instanceof ProtocolError) {
        throw new LaunchError(
          `cannot start gateway ${this.owner.id}: ${this.#streamError.message}`,
          { cause: this.#streamError },
        );
      }
      const noise = this.connection.noise.split("\n").filter((line) => line.trim() !== "");
      throw await launchError(this.#spec, this.owner.id, this.#status, [
        ...noise,
        ...this.#tail.lines,
      ]);
    } finally {
      clearTimeout(timer);
      this.waiting(-1);
    }
  }

  /** Never rejects. Does not keep the event loop alive. */
  get closed(): Promise<GatewayExit> {
    return this.#closed.promise;
  }

  /** Runs code there. */
  run({ kind, name, text, position }: Code, args: unknown): Channel {
    if (this.#ending) {
      throw this.connection.lost ??
        new GatewayClosedError(`cannot run ${name}: gateway ${this.owner.id} is ending`);
    }
    const channel = this.connection.exec({ kind, name, position }, text, args);
    this.#running.set(channel, name);
    coreOf(channel)?.onEnd(() => {
      // Lost with the connection, it is still told of.
      if (this.connection.lost !== undefined) return;
      this.#running.delete(channel);
      this.#noteFailure(channel, name);
    });
    return channel;
  }

  /** Asks it to end. */
  exit(): void {
    this.#asked = true;
    if (this.#ending) return;
    this.#ending = true;
    this.connection.requestExit();
  }

  /** Asks it to end, then makes it. */
  async terminate(timeout = DEFAULT_TERMINATE_MS): Promise<GatewayExit> {
    this.waiting(1);
    try {
      this.exit();
      if (!await within(this.#transport.exited, timeout)) {
        this.#transport.abort("SIGTERM");
        if (!await within(this.#transport.exited, TERM_GRACE_MS)) this.#transport.abort("SIGKILL");
      }
      return await this.#closed.promise;
    } finally {
      this.waiting(-1);
    }
  }

  waiting(change: 1 | -1): void {
    this.#waiting += change;
    if (this.#waiting === 0) this.#transport.unref();
    else if (this.#waiting === 1 && change === 1) this.#transport.ref();
  }

  lost(error: Error | undefined): Error {
    this.#ending = true;
    if (error instanceof ProtocolError) {
      this.#streamError = error;
      this.#transport.abort("SIGKILL");
      return new ProtocolError(
        `gateway ${this.owner.id} was ended, because ${error.message}`,
        { cause: error },
      );
    }
    return new GatewayClosedError(this.#epitaph());
  }

  // As a stream, it ends only when it can be said how: so that every error tells it.

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#transport.start({
      data: sink.data,
      end: (error) => {
        this.#streamError ??= error;
        this.#streamEnded.resolve();
      },
    });
  }

  write(chunks: readonly Uint8Array[]): Promise<void> | void {
    try {
      // A broken pipe is told by the end of the stream, with the reason.
      return this.#transport.write(chunks)?.catch(() => new Promise<never>(() => {}));
    } catch {
      return new Promise<never>(() => {});
    }
  }

  closeWrite(): void {
    this.#transport.closeWrite();
  }

  async #watch(): Promise<void> {
    const first = await Promise.race([
      this.#transport.exited.then(() => "exited"),
      this.#streamEnded.promise.then(() => "ended"),
    ]);
    if (first === "ended" && !await within(this.#transport.exited, LAST_STATUS_MS)) {
      this.#transport.abort("SIGKILL");
    }
    if (await within(this.#transport.exited, LAST_STATUS_MS)) {
      this.#status = await this.#transport.exited;
    }
    await within(Promise.all([this.#streamEnded.promise, this.#printed]), LAST_BYTES_MS);
    this.#sink?.end();
    this.#transport.release();
    this.#forget();
    this.#printFailures();
    const { code, signal } = this.#status;
    const reason = signal !== null ? "killed" : code !== null ? "exit" : "lost";
    this.#closed.resolve({ reason, code, signal, stderrTail: this.#tail.lines });
  }

  /** Reads to the end, whatever the handler does: a process whose output nobody reads stops. */
  async #relay(stream: "stdout" | "stderr"): Promise<void> {
    let handler = this.#spec.output;
    try {
      await eachLine(this.#transport.output[stream], (line) => {
        if (stream === "stderr") this.#tail.add(line);
        if (handler === "inherit") printLine(this.owner.id, line);
        if (typeof handler !== "function") return;
        try {
          handler(line, stream, this.owner);
        } catch (error) {
          handler = "null";
          printLine(this.owner.id, `(its ${stream} is no longer shown: ${error})`);
        }
      });
    } catch (error) {
      if (!this.#ending) printLine(this.owner.id, `(its ${stream} is no longer shown: ${error})`);
    }
  }

  /** Keeps the error of an execution in mind, until somebody has seen it or the gateway ends. */
  #noteFailure(channel: Channel, name: string): void {
    const core = coreOf(channel);
    if (core?.unseenError === undefined) return;
    this.#failures.push({ core, name });
    if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
  }

  /** An error that nobody received is not lost with its gateway. */
  #printFailures(): void {
    for (const { core, name } of this.#failures) {
      const error = core.unseenError;
      if (error === undefined) continue;
      printLine(this.owner.id, `${name} failed, and nobody received its error: ${error.stack}`);
    }
  }

  #noise(): string {
    const seen = [this.connection.noise, ...this.#tail.lines].join("\n").trim();
    return seen === "" ? "" : `; it printed: ${seen.slice(-500)}`;
  }

  #epitaph(): string {
    const { code, signal } = this.#status;
    const how = signal !== null
      ? `was ended by ${signal}`
      : code !== null
      ? `ended with code ${code}`
      : "cannot be reached any more";
    const names = Array.from(this.#running.values());
    const running = names.length === 0 ? "" : `, while it ran ${names.slice(0, 5).join(", ")}`;
    const tail = this.#tail.lines.slice(-5).map((line) => `\n    ${line}`).join("");
    return `gateway ${this.owner.id} ${how}${running}` +
      (tail === "" ? "" : `; its last lines on stderr:${tail}`);
  }
}

/** Whether `promise` settles within `ms`. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
