/**
 * A TCP connection to a server, with or without TLS, which is read by count at first and then as a
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
import type { Address } from "./address.ts";
import { checkTlsOverStreams } from "./tls_streams.ts";

/** TLS, with the certificates to trust. */
export interface TlsOptions {
  /** Certificates in PEM, instead of the system's. */
  ca?: string;
}

/** A socket of Node's, or a stream that behaves like one. */
export type SocketLike = Duplex & { ref(): unknown; unref(): unknown };

/** Where to connect, and how. */
export interface ConnectOptions {
  address: Address;
  /** Undefined for a connection without TLS. */
  tls?: TlsOptions;
  /** Begins a connection from another machine; default: from this one. */
  dial?(address: Address): SocketLike;
}

/** Idle time after which the kernel probes the connection. */
export const KEEP_ALIVE_MS = 15_000;
/** Bound of what is buffered for reads by count; more is left to the kernel. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** A connection to a server. */
export class SocketStream implements ExactStream, ByteStream {
  /** SHA-256 of the server's certificate; undefined without TLS. */
  readonly certificate: Uint8Array | undefined;
  readonly #socket: Duplex;
  readonly #stream: NodeByteStream;
  #sink: ByteSink | undefined;
  #unread: Uint8Array<ArrayBuffer> = new Uint8Array();
  #ended: { error: Error | undefined } | undefined;
  #changed: PromiseWithResolvers<void> | undefined;

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
   * @param opened Called at once, with a socket that is not connected yet.
   * @throws what Node throws: an error with a `code` such as `ECONNREFUSED`.
   */
  static async connect(
    options: ConnectOptions,
    opened: (socket: SocketLike) => void,
  ): Promise<SocketStream> {
    const { socket, tls } = begin(options);
    opened(socket);
    const connected = Promise.withResolvers<void>();
    if (tls === undefined) socket.once("connect", connected.resolve);
    else tls.once("secureConnect", connected.resolve);
    for (const each of [socket, tls]) each?.on("error", connected.reject);
    socket.once("close", () => connected.reject(new Error("the connection was closed")));
    await connected.promise;
    return new SocketStream(tls ?? socket, tls === undefined ? undefined : await hashOf(tls));
  }

  async read(count: number): Promise<Uint8Array | undefined> {
    while (this.#unread.length < count) {
      if (this.#ended?.error !== undefined) throw this.#ended.error;
      if (this.#ended !== undefined) return undefined;
      this.#changed = Promise.withResolvers();
      await this.#changed.promise;
    }
    const bytes = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    if (this.#unread.length <= MAX_UNREAD_BYTES) this.#socket.resume();
    return bytes;
  }

  write(bytes: Uint8Array | readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#stream.write(bytes instanceof Uint8Array ? [bytes] : bytes, written);
  }

  /** Sends to `sink` what was not read yet, and all that follows. */
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
    this.#changed?.resolve();
  }

  #end(error: Error | undefined): void {
    this.#ended = { error };
    this.#sink?.end(error);
    this.#changed?.resolve();
  }
}

/** Begins a connection. TLS over a dialled socket is another socket on top of that. */
function begin(
  { address, tls, dial }: ConnectOptions,
): { socket: SocketLike; tls: TLSSocket | undefined } {
  const { hostname: host, port } = address;
  const ca = tls?.ca === undefined ? {} : { ca: tls.ca };
  if (dial === undefined) {
    const secure = tls === undefined ? undefined : connectTls({ host, port, ...ca });
    const socket = secure ?? connect({ host, port });
    socket.once(secure === undefined ? "connect" : "secureConnect", () => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    });
    return { socket, tls: secure };
  }
  if (tls !== undefined) checkTlsOverStreams("TLS through another gateway");
  const socket = dial(address);
  if (tls === undefined) return { socket, tls };
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const secure = connectTls({ socket: socket as never, host, ...servername, ...ca });
  socket.on("error", (error) => secure.destroy(error));
  socket.on("close", () => secure.destroy());
  return { socket, tls: secure };
}

async function hashOf(socket: TLSSocket): Promise<Uint8Array> {
  const { raw } = socket.getPeerCertificate();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(raw)));
}
