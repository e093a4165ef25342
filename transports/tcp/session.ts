/**
 * A gateway behind a server, over two TCP connections: the data connection carries the gateway's
 * protocol and nothing else, the control connection what concerns its process. PROTOCOL.md, section 7,
 * has the reasons.
 *
 * @module
 */

import {
  authenticate,
  Displaced,
  expect,
  type TokenKey,
  type Transcript,
} from "../../protocol/auth.ts";
import {
  AuthType,
  encodeMessage,
  readMessage,
  SESSION_ID_BYTES,
} from "../../protocol/auth_messages.ts";
import { decodeExit, type Purpose } from "../../protocol/auth_payloads.ts";
import { encodeRequest, type SessionRequest } from "../../protocol/auth_request.ts";
import { clearTimer, setInterval, setTimeout, type Timer } from "../../internal/timers.ts";
import { ForwardingStream } from "../streams/forward.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";
import { startFailure } from "./failure.ts";
import { OutputStream } from "./output_stream.ts";
import { type ConnectOptions, type SocketLike, SocketStream } from "./socket.ts";

/** What to connect to, and which session to ask for. */
export interface SessionOptions extends ConnectOptions {
  /** The id of the gateway that connects; undefined for this process. */
  via?: string;
  key: TokenKey;
  request: SessionRequest;
  /** Milliseconds between two pings of the server. Default 15,000. */
  pingInterval?: number;
}

const DEFAULT_PING_MS = 15_000;
/** How often each connection is begun, if the server closes it before it is authenticated. */
const MAX_TRIES = 4;
/** Pings that may go unanswered. */
const MAX_MISSING = 3;
/** Bounds the wait for the exit status after SIGKILL. */
const KILL_GRACE_MS = 1_500;
const SIGNAL_NUMBERS = { SIGTERM: 15, SIGKILL: 9 } as const;

interface Connections {
  control: SocketStream;
  data: SocketStream;
  sockets: readonly SocketLike[];
}

/**
 * Begins a session of a server. Needs `--allow-net` for the server.
 *
 * @throws {LaunchError} or a subclass of it.
 */
export async function openTcp(options: SessionOptions, signal: AbortSignal): Promise<Transport> {
  const sockets: SocketLike[] = [];
  const destroy = () => {
    for (const socket of sockets) socket.destroy();
  };
  signal.addEventListener("abort", destroy);
  const begin = async (tries = MAX_TRIES): Promise<SocketStream> => {
    signal.throwIfAborted();
    try {
      return await SocketStream.connect(options, (socket) => {
        sockets.push(socket);
        socket.unref();
      });
    } catch (error) {
      // A server that has too many connections closes some within their TLS handshake.
      if (tries === 1 || (error as { code?: unknown }).code !== "ECONNRESET") throw error;
      return await begin(tries - 1);
    }
  };
  try {
    const { control, data } = await start(await Promise.all([begin(), begin()]), begin, options);
    return new SessionTransport({ control, data, sockets }, options.pingInterval);
  } catch (cause) {
    destroy();
    throw startFailure(cause, options);
  } finally {
    signal.removeEventListener("abort", destroy);
  }
}

/**
 * Authenticates both connections, and asks for the session. One that is closed before its proof is
 * answered is replaced by a new one: a server closes the oldest connections if there are too many.
 */
async function start(
  [first, second]: [SocketStream, SocketStream],
  begin: () => Promise<SocketStream>,
  { key, request }: SessionOptions,
): Promise<Pick<Connections, "control" | "data">> {
  const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
  const prove = async (
    stream: SocketStream,
    purpose: Purpose,
    tries = MAX_TRIES,
  ): Promise<{ stream: SocketStream; transcript: Transcript }> => {
    const { certificate } = stream;
    try {
      return {
        stream,
        transcript: await authenticate(stream, { key, certificate, purpose, session }),
      };
    } catch (error) {
      if (!(error instanceof Displaced)) throw error;
      if (tries === 1) throw error.cause;
      return await prove(await begin(), purpose, tries - 1);
    }
  };
  // The second proof waits for the first: a wrong token fails once, and a wrong server gets one proof.
  const { stream: control, transcript } = await prove(first, "control");
  await control.write(await encodeRequest(key, transcript, request));
  const { stream: data } = await prove(second, "data");
  await expect(control, AuthType.STARTED);
  await expect(data, AuthType.STARTED);
  return { control, data };
}

/** A session of a server, once the server has started its process. */
class SessionTransport extends ForwardingStream implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #exit: (status: ExitStatus) => void;
  readonly #printed = { stdout: new OutputStream(), stderr: new OutputStream() };
  readonly #control: SocketStream;
  readonly #sockets: readonly SocketLike[];
  readonly #pingInterval: number;
  readonly #pingTimer: Timer;
  #killTimer: Timer | undefined;
  #missing = 0;

  constructor({ control, data, sockets }: Connections, pingInterval: number = DEFAULT_PING_MS) {
    super(data);
    const exited = Promise.withResolvers<ExitStatus>();
    this.exited = exited.promise;
    this.#exit = exited.resolve;
    this.output = { stdout: this.#printed.stdout.readable, stderr: this.#printed.stderr.readable };
    this.#control = control;
    this.#sockets = sockets;
    this.#pingInterval = pingInterval;
    this.#pingTimer = setInterval(() => this.#ping(), pingInterval);
    Deno.unrefTimer(this.#pingTimer);
    this.#follow();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#send(encodeMessage(AuthType.SIGNAL, Uint8Array.of(SIGNAL_NUMBERS[signal])));
    if (signal !== "SIGKILL" || this.#killTimer !== undefined) return;
    this.#killTimer = setTimeout(() => this.#end(NO_STATUS), KILL_GRACE_MS);
  }

  release(): void {
    clearTimer(this.#killTimer);
    clearTimer(this.#pingTimer);
    for (const socket of this.#sockets) socket.destroy();
    for (const printed of Object.values(this.#printed)) printed.close();
  }

  ref(): void {
    for (const socket of this.#sockets) socket.ref();
  }

  unref(): void {
    for (const socket of this.#sockets) socket.unref();
  }

  /** Reads what the server reports of the process, to its end. */
  async #follow(): Promise<void> {
    const { STDOUT, STDERR, EXIT, PONG } = AuthType;
    try {
      for (;;) {
        const message = await readMessage(this.#control, [STDOUT, STDERR, EXIT, PONG]);
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

  /** Counts ticks, not time: while this process is busy it sees no answer, but no tick either. */
  #ping(): void {
    if (this.#missing++ >= MAX_MISSING) {
      const seconds = (MAX_MISSING + 1) * this.#pingInterval / 1000;
      const why = "its link is dead, or the server is stopped or overloaded";
      return this.#end(
        NO_STATUS,
        new Error(`nothing was heard of its server for ${seconds} s: ${why}`),
      );
    }
    this.#send(encodeMessage(AuthType.PING));
  }

  #send(message: Uint8Array): void {
    try {
      this.#control.write(message)?.catch(() => {});
    } catch { /* the end of the connection is handled where it is read */ }
  }

  /** The process has ended, or, because of `error`, nothing more can be learned of it. */
  #end(status: ExitStatus, error?: Error): void {
    clearTimer(this.#killTimer);
    clearTimer(this.#pingTimer);
    for (const printed of Object.values(this.#printed)) printed.close();
    // With a known status, the last bytes may still be under way.
    if (status === NO_STATUS) { for (const socket of this.#sockets) socket.destroy(error); }
    this.#exit(status);
  }
}
