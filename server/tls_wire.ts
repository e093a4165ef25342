/**
 * TLS on an accepted connection.
 *
 * A connection of `Deno.listenTls` that is closed in the middle of its handshake stays open until the
 * client closes it (Deno 2.9.6), so a few clients could hold all descriptors. Here the server owns the
 * connection below, and closes that.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { ProtocolError } from "../errors.ts";
import { checkTlsOverStreams } from "../transports/tcp/tls_streams.ts";
import type { Wire } from "./connection.ts";

const READ_BYTES = 64 * 1024;
/** TLS: type of a record that belongs to a handshake, and the size of a record's header. */
const HANDSHAKE_RECORD = 22;
const RECORD_HEADER_BYTES = 5;
/** The longest first record. Those of current clients have 2 KiB at most. */
const MAX_HELLO_BYTES = 4 * 1024;
/** What is read after that, before the client has authenticated: the rest of its handshake, and its proof. */
const MAX_STRANGER_BYTES = 4 * 1024;

/**
 * Returns the certificate and key of a server for its connections.
 *
 * @throws {LaunchError} if this Deno is too old for TLS over other streams.
 */
export function secureContext(cert: string, key: string): SecureContext {
  checkTlsOverStreams("a server that talks TLS");
  return createSecureContext({ cert, key });
}

/**
 * The server's end of a TLS connection.
 *
 * Until the client has sent the first record of a handshake, whole, it is a plain connection: TLS takes
 * a hundred times the memory of one. Until {@linkcode TlsWire.admit}, only a few KiB are read.
 */
export class TlsWire implements Wire {
  readonly remoteAddr: Deno.Addr;
  readonly #conn: Deno.Conn;
  readonly #tls: Promise<TlsStream>;
  #open: TlsStream | undefined;
  #isAdmitted = false;
  #isClosed = false;

  constructor(conn: Deno.Conn, context: SecureContext) {
    this.remoteAddr = conn.remoteAddr;
    this.#conn = conn;
    this.#tls = this.#begin(context);
    this.#tls.catch(() => {}); // reads and writes fail with it
  }

  async #begin(context: SecureContext): Promise<TlsStream> {
    const hello = await firstRecord(this.#conn);
    if (this.#isClosed) throw new Error("the connection was closed");
    const tls = this.#open = new TlsStream(this.#conn, hello, context);
    if (this.#isAdmitted) tls.admit();
    return tls;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    return await (this.#open ?? await this.#tls).read(buffer);
  }

  async write(bytes: Uint8Array): Promise<number> {
    return await (this.#open ?? await this.#tls).write(bytes);
  }

  async closeWrite(): Promise<void> {
    (await this.#tls).closeWrite();
  }

  admit(): void {
    this.#isAdmitted = true;
    this.#open?.admit();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#open === undefined) this.#conn.close();
    else this.#open.close();
  }
}

/**
 * Reads the first record of a connection.
 *
 * @throws {ProtocolError} if it is none of a TLS handshake.
 */
async function firstRecord(conn: Deno.Conn): Promise<Uint8Array> {
  const header = await readExactly(conn, new Uint8Array(RECORD_HEADER_BYTES));
  const length = (header[3] << 8) | header[4];
  if (header[0] !== HANDSHAKE_RECORD || length > MAX_HELLO_BYTES) {
    throw new ProtocolError("it does not begin as TLS does");
  }
  const record = new Uint8Array(RECORD_HEADER_BYTES + length);
  record.set(header);
  await readExactly(conn, record.subarray(RECORD_HEADER_BYTES));
  return record;
}

async function readExactly(conn: Deno.Conn, bytes: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const count = await conn.read(bytes.subarray(at));
    if (count === null) throw new Error("it closed before a TLS handshake");
    at += count;
  }
  return bytes;
}

/** TLS over a connection. */
class TlsStream {
  readonly #raw: RawDuplex;
  readonly #socket: TLSSocket;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;
  #error: Error | undefined;
  #changed: (() => void) | undefined;

  constructor(conn: Deno.Conn, begun: Uint8Array, context: SecureContext) {
    const raw = new RawDuplex(conn, begun, () => this.#socket.readableLength < READ_BYTES);
    this.#raw = raw;
    const socket: TLSSocket = this.#socket = new TLSSocket(raw as never, {
      isServer: true,
      secureContext: context,
    });
    const end = (error?: Error) => {
      this.#ended = true;
      this.#error ??= error;
      this.#changed?.();
    };
    raw.on("error", end);
    raw.on("close", () => end());
    socket.on("error", end);
    socket.on("end", () => end());
    socket.on("close", () => end());
    socket.on("readable", () => this.#changed?.());
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#rest.length === 0) {
        this.#rest = this.#socket.read() ?? this.#rest;
        this.#raw.readOn();
      }
      if (this.#rest.length > 0) {
        const count = Math.min(buffer.length, this.#rest.length);
        buffer.set(this.#rest.subarray(0, count));
        this.#rest = this.#rest.subarray(count);
        return count;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    if (this.#ended) reject(this.#error ?? new Error("the connection was closed"));
    else this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    return promise;
  }

  closeWrite(): void {
    this.#socket.end();
  }

  admit(): void {
    this.#raw.admit();
  }

  close(): void {
    this.#socket.destroy();
    this.#raw.destroy();
  }
}

/** A connection as a stream for Node's TLS, which would read without bounds. */
class RawDuplex extends Duplex {
  readonly #conn: Deno.Conn;
  readonly #mayRead: () => boolean;
  /** What was read before, and is still to be passed on. */
  #begun: Uint8Array | undefined;
  /** How many bytes a client may still send that has not authenticated. */
  #left = MAX_STRANGER_BYTES;
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #isWanted = false;

  /** @param mayRead Returns whether so little is left to take that more may be read. */
  constructor(conn: Deno.Conn, begun: Uint8Array, mayRead: () => boolean) {
    super();
    this.#conn = conn;
    this.#begun = begun;
    this.#mayRead = mayRead;
  }

  /** Ends the bounds for strangers. */
  admit(): void {
    this.#left = Infinity;
    this.#buffer = undefined;
    this.readOn();
  }

  /** Reads, if that was wanted when it was not possible. */
  readOn(): void {
    if (!this.#isWanted || this.#left === 0 || !this.#mayRead()) return;
    this.#isWanted = false;
    const buffer = this.#buffer ??= new Uint8Array(Math.min(READ_BYTES, this.#left));
    this.#conn.read(buffer.subarray(0, Math.min(buffer.length, this.#left))).then(
      (count) => {
        this.#left -= count ?? 0;
        this.push(count === null ? null : buffer.slice(0, count));
      },
      (error) => this.destroy(error),
    );
  }

  override _read(): void {
    const begun = this.#begun;
    if (begun !== undefined) {
      this.#begun = undefined;
      this.push(begun);
      return;
    }
    this.#isWanted = true;
    this.readOn();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    this.#writeAll(chunk).then(() => done(), done);
  }

  override _final(done: (error?: Error) => void): void {
    this.#conn.closeWrite().then(() => done(), () => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#conn.close();
    done(error);
  }

  async #writeAll(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) at += await this.#conn.write(chunk.subarray(at));
  }
}
