/**
 * A gateway behind a server, over two TCP connections: one carries the gateway's protocol and
 * nothing else, the other what concerns its process. PROTOCOL.md, section 7, has the reasons.
 *
 * @module
 */

import { authenticate, expect, type TokenKey } from "../../protocol/auth.ts";
import {
  AuthType,
  encodeMessage,
  readMessage,
  SESSION_ID_BYTES,
} from "../../protocol/auth_messages.ts";
import { decodeExit } from "../../protocol/auth_payloads.ts";
import { encodeRequest, type SessionRequest } from "../../protocol/auth_request.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { clearTimer, setInterval, setTimeout, type Timer } from "../../internal/timers.ts";
import { LateTransport } from "../streams/late.ts";
import { OutputStream } from "./output_stream.ts";
import { type Carrier, type ConnectOptions, SocketStream } from "./socket.ts";
import { startFailure } from "./failure.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";

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

/** Begins a session of a server, in the background. Needs `--allow-net` for it. */
export function openTcp(options: TcpOptions): Transport {
  return new LateTransport((signal) => connect(options, signal));
}

interface Connections {
  control: SocketStream;
  data: SocketStream;
  carriers: readonly Carrier[];
}

async function connect(options: TcpOptions, signal: AbortSignal): Promise<Transport> {
  const carriers: Carrier[] = [];
  const destroy = () => {
    for (const carrier of carriers) carrier.destroy();
  };
  signal.addEventListener("abort", destroy);
  const begin = () =>
    SocketStream.connect(options, (carrier) => {
      carriers.push(carrier);
      carrier.unref();
    });
  try {
    const [control, data] = await Promise.all([begin(), begin()]);
    await start(control, data, options);
    return new TcpTransport({ control, data, carriers }, options.pingInterval);
  } catch (cause) {
    destroy();
    throw startFailure(cause, options);
  } finally {
    signal.removeEventListener("abort", destroy);
  }
}

async function start(
  control: SocketStream,
  data: SocketStream,
  { key, request }: TcpOptions,
): Promise<void> {
  const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
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
}

/** A session of a server, once that has started its process. */
class TcpTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #exit: (status: ExitStatus) => void;
  readonly #printed = { stdout: new OutputStream(), stderr: new OutputStream() };
  readonly #control: SocketStream;
  readonly #data: SocketStream;
  readonly #carriers: readonly Carrier[];
  readonly #pingTimer: Timer;
  #killTimer: Timer | undefined;
  #missing = 0;

  constructor({ control, data, carriers }: Connections, pingInterval: number = DEFAULT_PING_MS) {
    const exited = Promise.withResolvers<ExitStatus>();
    this.exited = exited.promise;
    this.#exit = exited.resolve;
    this.output = { stdout: this.#printed.stdout.readable, stderr: this.#printed.stderr.readable };
    this.#control = control;
    this.#data = data;
    this.#carriers = carriers;
    this.#pingTimer = setInterval(() => this.#ping(), pingInterval);
    Deno.unrefTimer(this.#pingTimer);
    this.#follow();
  }

  start(sink: ByteSink): void {
    this.#data.start(sink);
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#data.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#data.flushed();
  }

  closeWrite(): void {
    this.#data.closeWrite();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#tell(encodeMessage(AuthType.SIGNAL, Uint8Array.of(SIGNAL_NUMBERS[signal])));
    if (signal !== "SIGKILL" || this.#killTimer !== undefined) return;
    this.#killTimer = setTimeout(() => this.#end(NO_STATUS), KILL_GRACE_MS);
  }

  release(): void {
    clearTimer(this.#killTimer);
    clearTimer(this.#pingTimer);
    for (const carrier of this.#carriers) carrier.destroy();
    for (const printed of Object.values(this.#printed)) printed.close();
  }

  ref(): void {
    for (const carrier of this.#carriers) carrier.ref();
  }

  unref(): void {
    for (const carrier of this.#carriers) carrier.unref();
  }

  /** Reads what the server tells of the process, to its end. */
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

  /** Counted by ticks, not by time: a process that was busy itself has seen no answer, but also no tick. */
  #ping(): void {
    if (this.#missing++ >= MAX_MISSING) return this.#end(NO_STATUS);
    this.#tell(encodeMessage(AuthType.PING));
  }

  #tell(message: Uint8Array): void {
    try {
      this.#control.write(message)?.catch(() => {});
    } catch { /* its end is told where it is read */ }
  }

  /** The process has ended, or nothing more can be learned of it, because of `error`. */
  #end(status: ExitStatus, error?: Error): void {
    clearTimer(this.#killTimer);
    clearTimer(this.#pingTimer);
    for (const printed of Object.values(this.#printed)) printed.close();
    // The rest of the data may still be under way, unless nobody knows how the process ended.
    if (status === NO_STATUS) { for (const carrier of this.#carriers) carrier.destroy(error); }
    this.#exit(status);
  }
}
