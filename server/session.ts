/**
 * A session: a process, and the two connections of its client.
 *
 * @module
 */

import { messageOf } from "../internal/errors.ts";
import type { ProcessOptions } from "../transports/streams/group_leader.ts";
import {
  type AuthMessage,
  AuthType,
  encodeMessage,
  MAX_OUTPUT_BYTES,
  readMessage,
} from "../protocol/auth_messages.ts";
import { encodeExit } from "../protocol/auth_payloads.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { ExitStatus } from "../transports/transport.ts";
import { within } from "../internal/wait.ts";
import { SessionProcess } from "./child.ts";
import type { ServerConnection } from "./connection.ts";
import { feed, pump } from "./relay.ts";

/** Bounds the wait for the process to end by itself, once the client has closed its connections. */
const CLOSED_GRACE_MS = 1_500;
/** Between SIGTERM and SIGKILL. */
const TERM_GRACE_MS = 1_000;
/** Bounds the wait for the last bytes of a process: a grandchild may hold its pipes open. */
const LAST_BYTES_MS = 500;
/** Time for what has arrived to be read, once its time is up. */
const LATE_MS = 500;
/** Bounds the wait for the client to close, after the last byte. */
const LAST_CLOSE_MS = 1_000;

/** How a session ended. */
export interface SessionEnd extends ExitStatus {
  /** What ended the session. */
  reason: string;
}

/** The parts and options of a session. */
export interface SessionInit {
  process: ProcessOptions;
  control: ServerConnection;
  data: ServerConnection;
  /** Milliseconds after which the session is ended; undefined for no limit. */
  timeout: number | undefined;
  /** Milliseconds without a message of the client after which the session is ended. */
  clientTimeout: number;
}

/** A running session. */
export class ServerSession {
  /** Process id. */
  readonly pid: number;
  /** Resolves when process and connections are closed; never rejects. */
  readonly ended: Promise<SessionEnd>;
  readonly #control: ServerConnection;
  readonly #data: ServerConnection;
  readonly #process: SessionProcess;
  readonly #clientTimeout: number;
  readonly #timers = new Set<Timer>();
  readonly #moved: Promise<unknown>;
  /** Resolves when the client has closed, or is gone. */
  readonly #clientGone: Promise<void>;
  #reason = "its process ended";
  #isAnswering = false;
  /** Whether the process has ended. */
  #hasExited = false;

  /**
   * Starts the process. The client waits for the STARTED of both connections: before that, a process
   * that is given the connection itself does not read it.
   */
  static async start(init: SessionInit): Promise<ServerSession> {
    const started = encodeMessage(AuthType.STARTED);
    // The process may write there by itself, so this has to be first.
    await init.data.write(started);
    const session = new ServerSession(init);
    init.control.write(started).catch(() => {});
    return session;
  }

  private constructor({ process, control, data, timeout, clientTimeout }: SessionInit) {
    this.#clientTimeout = clientTimeout;
    this.#control = control;
    this.#data = data;
    const descriptor = data.descriptor;
    const child = this.#process = new SessionProcess(process, descriptor);
    this.pid = child.pid;
    const { stdout, stderr } = child.output;
    this.#moved = Promise.all([
      pump(stdout, (chunk) => this.#print(AuthType.STDOUT, chunk)),
      pump(stderr, (chunk) => this.#print(AuthType.STDERR, chunk)),
      ...(child.protocol === undefined
        ? []
        : [pump(child.protocol.output, (chunk) => data.write(chunk))]),
    ]);
    if (child.protocol !== undefined) feed(data, child.protocol.input);
    if (timeout !== undefined) {
      this.#later(timeout, () => this.end(`it took more than ${timeout / 1000} s`));
    }
    this.#clientGone = this.#obey();
    this.ended = this.#watch();
  }

  /** Ends the process: SIGTERM, then SIGKILL. */
  end(reason: string): void {
    this.#reason = reason;
    this.#process.kill("SIGTERM");
    this.#later(TERM_GRACE_MS, () => this.#process.kill("SIGKILL"));
  }

  /** Carries out the client's messages until it closes the control connection. */
  async #obey(): Promise<void> {
    let reason = "the client closed it";
    try {
      for (;;) {
        const message = await this.#nextMessage();
        if (message === undefined) break;
        if (message.type === AuthType.PING) this.#answer();
        else {
          this.#reason = "the client sent a signal";
          this.#process.kill(message.payload[0] === 9 ? "SIGKILL" : "SIGTERM");
        }
      }
    } catch (error) {
      reason = `the connection broke: ${messageOf(error)}`;
      if (!this.#hasExited) this.#reason = reason;
    }
    // The gateway's program ends with its stream, unless it is busy.
    this.#data.close();
    this.#later(CLOSED_GRACE_MS, () => this.end(reason));
    await this.#process.exited;
    this.#reason = reason;
  }

  /**
   * Reads a message of the client, which sends PINGs if it has nothing else.
   *
   * @throws {Error} if none comes in time: the client's link is dead, or it is stopped or busy.
   */
  async #nextMessage(): Promise<AuthMessage | undefined> {
    const read = readMessage(this.#control, [AuthType.SIGNAL, AuthType.PING])
      .then((message) => ({ message }));
    // After a suspension of this machine, the timer fires before what has come meanwhile is read.
    const next = await within(read, this.#clientTimeout) ?? await within(read, LATE_MS);
    if (next !== undefined) return next.message;
    const reason = `nothing was heard of its client for ${this.#clientTimeout / 1000} s`;
    this.#print(AuthType.STDERR, new TextEncoder().encode(`execnet: ended, as ${reason}\n`))
      .catch(() => {}); // a client that was stopped or busy reads it later
    throw new Error(reason);
  }

  /** Answers PINGs: not each, if the client does not read. The next message has to be read all the same. */
  async #answer(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    try {
      await this.#control.write(encodeMessage(AuthType.PONG));
    } catch { /* the end of the connection is handled where it is read */ }
    this.#isAnswering = false;
  }

  async #print(type: typeof AuthType.STDOUT | typeof AuthType.STDERR, chunk: Uint8Array) {
    for (let at = 0; at < chunk.length; at += MAX_OUTPUT_BYTES) {
      const part = chunk.subarray(at, at + MAX_OUTPUT_BYTES);
      await this.#control.write(encodeMessage(type, part));
    }
  }

  async #watch(): Promise<SessionEnd> {
    const { code, signal } = await this.#process.exited;
    const reason = this.#reason;
    this.#hasExited = true;
    for (const timer of this.#timers) clearTimer(timer);
    await within(this.#moved, LAST_BYTES_MS);
    this.#process.release();
    await within(this.#reportExit(code, signal), LAST_CLOSE_MS);
    this.#control.close();
    this.#data.close();
    return { reason, code, signal };
  }

  /**
   * Reports the exit to the client, and waits until the client has closed: closing a connection with
   * something unread in it would discard what was written. A connection that a process was given is not
   * read for that: starting the process has made the socket blocking, and a read would stop the server.
   */
  async #reportExit(code: number | null, signal: string | null): Promise<void> {
    try {
      await this.#data.closeWrite();
      await this.#control.write(encodeExit(code, signal));
      await this.#clientGone;
    } catch { /* the client is gone */ }
  }

  #later(ms: number, action: () => void): void {
    if (this.#hasExited) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
