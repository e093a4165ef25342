/**
 * A TCP connection from this side, with or without TLS, read by count at first and then as a
 * stream.
 *
 * @module
 */

import { connect, isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ExactStream } from "../../protocol/auth_messages.ts";
import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import { NodeByteStream } from "../streams/node_stream.ts";
import { checkTlsOverStreams } from "./tls_streams.ts";

/** Where a server listens. */
export interface Address {
  hostname: string;
  port: number;
}

/** Says that TLS is wanted. */
export interface TlsOptions {
  /** Certificates to trust, in PEM, instead of the system's. */
  ca?: string;
}

/** A connection under way: a socket of Node's, or what behaves as one. */
export type Carrier = Duplex & { ref(): unknown; unref(): unknown };

/** Where to connect, and how. */
export interface ConnectOptions {
  address: Address;
  /** Nothing for a connection without TLS. */
  tls?: TlsOptions;
  /** Begins a connection from elsewhere; default: from this machine. */
  dial?(address: Address): Carrier;
}

/** Idle time after which the kernel asks whether the other machine is there. */
export const KEEP_ALIVE_MS = 15_000;
/** What may wait to be read by count; more is left to the kernel. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** A connection to a server. */
export class SocketStream implements ExactStream, ByteStream {
  /** SHA-256 of the certificate that the server has shown; nothing without TLS. */
  readonly certificate: Uint8Array | undefined;
  readonly #socket: Duplex;
  readonly #stream: NodeByteStream;
  #sink: ByteSink | undefined;
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array();
  #ended: { error: Error | undefined } | undefined;
  #arrived: PromiseWithResolvers<void> | undefined;

  private constructor(socket: Duplex, certificate: Uint8Array | undefined) {
    this.#socket = socket;
    this.certificate = certificate;
    this.#stream = new NodeByteStream(socket, socket);
    this.#stream.start({
      data: (chunk) => this.#data(chunk),
      end: (error) => this.#end(error),
    });
  }

  /**
   * Connects.
   *
   * @param opened is called at once, before it is connected, with what carries it.
   * @throws what Node throws: an error with a `code` such as `ECONNREFUSED`.
   */
  static async connect(
    options: ConnectOptions,
    opened: (carrier: Carrier) => void,
  ): Promise<SocketStream> {
    const { carrier, tls } = begin(options);
    opened(carrier);
    const connected = Promise.withResolvers<void>();
    if (tls === undefined) carrier.once("connect", connected.resolve);
    else tls.once("secureConnect", connected.resolve);
    for (const each of [carrier, tls]) each?.on("error", connected.reject);
    carrier.once("close", () => connected.reject(new Error("the connection was closed")));
    await connected.promise;
    return new SocketStream(tls ?? carrier, tls === undefined ? undefined : await seen(tls));
  }

  async read(count: number): Promise<Uint8Array | undefined> {
    while (this.#unread.length < count) {
      if (this.#ended?.error !== undefined) throw this.#ended.error;
      if (this.#ended !== undefined) return undefined;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
    const bytes = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    if (this.#unread.length <= MAX_UNREAD_BYTES) this.#socket.resume();
    return bytes;
  }

  write(bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#stream.write(bytes instanceof Uint8Array ? [bytes] : bytes, written);
  }

  /** From now on everything goes to `sink`. */
  start(sink: ByteSink): void {
    this.#sink = sink;
    if (this.#unread.length > 0) sink.data(this.#unread);
    this.#unread = new Uint8Array();
    this.#socket.resume();
    if (this.#ended !== undefined) sink.end(this.#ended.error);
  }

  flushed(): Promise<void> {
    return this.#stream.flushed();
  }

  closeWrite(): void {
    this.#stream.closeWrite();
  }

  #data(chunk: Uint8Array<ArrayBuffer>): void {
    if (this.#sink !== undefined) return this.#sink.data(chunk);
    const joined = new Uint8Array(this.#unread.length + chunk.length);
    joined.set(this.#unread);
    joined.set(chunk, this.#unread.length);
    this.#unread = joined;
    if (joined.length > MAX_UNREAD_BYTES) this.#socket.pause();
    this.#arrived?.resolve();
  }

  #end(error: Error | undefined): void {
    this.#ended = { error };
    this.#sink?.end(error);
    this.#arrived?.resolve();
  }
}

/** Where TLS goes over another carrier, that is not the one that speaks it. */
function begin(
  { address, tls, dial }: ConnectOptions,
): { carrier: Carrier; tls: TLSSocket | undefined } {
  const { hostname: host, port } = address;
  const ca = tls?.ca === undefined ? {} : { ca: tls.ca };
  if (dial === undefined) {
    const secure = tls === undefined ? undefined : connectTls({ host, port, ...ca });
    const socket = secure ?? connect({ host, port });
    socket.once(secure === undefined ? "connect" : "secureConnect", () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    return { carrier: socket, tls: secure };
  }
  if (tls !== undefined) checkTlsOverStreams("TLS through another gateway");
  const carrier = dial(address);
  if (tls === undefined) return { carrier, tls };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = connectTls({ socket: carrier as never, host, ...servername, ...ca });
  carrier.on("error", (error) => secure.destroy(error));
  carrier.on("close", () => secure.destroy());
  return { carrier, tls: secure };
}

async function seen(socket: TLSSocket): Promise<Uint8Array> {
  const { raw } = socket.getPeerCertificate();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(raw)));
}
