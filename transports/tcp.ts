/**
 * A gateway behind a server, over two TCP connections: one carries the gateway's protocol and
 * nothing else, the other what concerns its process. PROTOCOL.md, section 7, has the reasons.
 *
 * @module
 */

import { authenticate, expect, type TokenKey } from "../protocol/auth.ts";
import {
  AuthType,
  decodeExit,
  encodeMessage,
  readMessage,
  SESSION_ID_BYTES,
} from "../protocol/auth_messages.ts";
import { encodeRequest, type SessionRequest } from "../protocol/auth_request.ts";
import type { ByteSink } from "../protocol/byte_stream.ts";
import { OutputStream } from "./output_stream.ts";
import { type Carrier, type ConnectOptions, SocketStream } from "./socket.ts";
import { startFailure } from "./tcp_failure.ts";
import type { ExitStatus, Transport } from "./transport.ts";

/** What to connect to, and as whom. */
export interface TcpOptions extends ConnectOptions {
  /** The id of the gateway that connects; nothing for this process. */
  via?: string;
  key: TokenKey;
  request: SessionRequest;
  /** Milliseconds between two signs of life that the server is asked for. Default 15,000. */
  pingInterval?: number;
}

const DEFAULT_PING_MS = 15_000;
/** Signs of life that may be missing. */
const MAX_MISSING = 3;
/** After SIGKILL, for the server to say that it is done. */
const KILL_GRACE_MS = 1_500;
const SIGNAL_NUMBERS = { SIGTERM: 15, SIGKILL: 9 } as const;
const NO_STATUS: ExitStatus = { code: null, signal: null };

/** A session of a server. It connects in the background; what is written meanwhile waits. */
export class TcpTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #options: TcpOptions;
  readonly #exit: (status: ExitStatus) => void;
  readonly #printed = { stdout: new OutputStream(), stderr: new OutputStream() };
  readonly #started: Promise<SocketStream>;
  readonly #carriers: Carrier[] = [];
  #control: SocketStream | undefined;
  #killTimer: ReturnType<typeof setTimeout> | undefined;
  #pingTimer: ReturnType<typeof setInterval> | undefined;
  #missing = 0;
  #released = false;
  #isRef = false;

  /** Needs `--allow-net` for the server. */
  constructor(options: TcpOptions) {
    this.#options = options;
    const exited = Promise.withResolvers<ExitStatus>();
    this.exited = exited.promise;
    this.#exit = exited.resolve;
    this.output = { stdout: this.#printed.stdout.readable, stderr: this.#printed.stderr.readable };
    this.#started = this.#open().catch((cause) => {
      this.#end(NO_STATUS);
      throw startFailure(cause, options);
    });
    this.#started.catch(() => {}); // `start` tells of it
  }

  start(sink: ByteSink): void {
    this.#started.then((data) => data.start(sink), (error) => sink.end(error));
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    if (this.#data !== undefined) return this.#data.write(chunks, written);
    return this.#started.then((data) => data.write(chunks, written));
  }

  async flushed(): Promise<void> {
    await (await this.#started).flushed();
  }

  closeWrite(): void {
    this.#started.then((data) => data.closeWrite(), () => {});
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#data === undefined || this.#control === undefined) return this.#end(NO_STATUS);
    this.#tell(encodeMessage(AuthType.SIGNAL, Uint8Array.of(SIGNAL_NUMBERS[signal])));
    if (signal !== "SIGKILL" || this.#killTimer !== undefined) return;
    this.#killTimer = setTimeout(() => this.#end(NO_STATUS), KILL_GRACE_MS);
  }

  release(): void {
    this.#released = true;
    clearTimeout(this.#killTimer);
    clearInterval(this.#pingTimer);
    for (const carrier of this.#carriers) carrier.destroy();
    for (const printed of Object.values(this.#printed)) printed.close();
  }

  ref(): void {
    this.#isRef = true;
    for (const carrier of this.#carriers) carrier.ref();
  }

  unref(): void {
    this.#isRef = false;
    for (const carrier of this.#carriers) carrier.unref();
  }

  #data: SocketStream | undefined;

  async #open(): Promise<SocketStream> {
    const { key, request, pingInterval = DEFAULT_PING_MS } = this.#options;
    const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
    const [control, data] = await Promise.all([this.#connect(), this.#connect()]);
    // The second proof waits for the first: a wrong token fails once, and no wrong server gets two.
    const transcript = await authenticate(control, {
      key,
      certificate: control.certificate,
      purpose: "control",
      session,
    });
    await control.write(await encodeRequest(key, transcript, request));
    await authenticate(data, { key, certificate: data.certificate, purpose: "data", session });
    await expect(control, AuthType.STARTED);
    await expect(data, AuthType.STARTED);
    this.#control = control;
    this.#data = data;
    this.#follow(control);
    this.#pingTimer = setInterval(() => this.#ping(), pingInterval);
    Deno.unrefTimer(this.#pingTimer);
    return data;
  }

  #connect(): Promise<SocketStream> {
    return SocketStream.connect(this.#options, (carrier) => {
      this.#carriers.push(carrier);
      if (this.#released) carrier.destroy();
      if (this.#isRef) carrier.ref();
      else carrier.unref();
    });
  }

  /** Reads what the server tells of the process, to its end. */
  async #follow(control: SocketStream): Promise<void> {
    const { STDOUT, STDERR, EXIT, PONG } = AuthType;
    try {
      for (;;) {
        const message = await readMessage(control, [STDOUT, STDERR, EXIT, PONG]);
        this.#missing = 0;
        if (message?.type === STDOUT) await this.#printed.stdout.push(message.payload);
        else if (message?.type === STDERR) await this.#printed.stderr.push(message.payload);
        else if (message?.type === EXIT) return this.#end(decodeExit(message.payload));
        else if (message === undefined) return this.#end(NO_STATUS);
      }
    } catch (error) {
      this.#end(NO_STATUS, error instanceof Error ? error : undefined);
    }
  }

  /** Counted by ticks, not by time: a process that was busy itself has seen no answer, but also no tick. */
  #ping(): void {
    if (this.#missing++ >= MAX_MISSING) return this.#end(NO_STATUS);
    this.#tell(encodeMessage(AuthType.PING));
  }

  #tell(message: Uint8Array): void {
    try {
      this.#control?.write(message)?.catch(() => {});
    } catch { /* its end is told where it is read */ }
  }

  /** The process has ended, or nothing more can be learned of it, because of `error`. */
  #end(status: ExitStatus, error?: Error): void {
    clearTimeout(this.#killTimer);
    clearInterval(this.#pingTimer);
    for (const printed of Object.values(this.#printed)) printed.close();
    // The rest of the data may still be under way, unless nobody knows how the process ended.
    if (status === NO_STATUS) { for (const carrier of this.#carriers) carrier.destroy(error); }
    this.#exit(status);
  }
}
