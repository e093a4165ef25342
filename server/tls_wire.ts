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
import { checkTlsOverStreams } from "../transports/tcp/tls_streams.ts";
import type { Wire } from "./connection.ts";

const READ_BYTES = 64 * 1024;

/**
 * Returns the certificate and key of a server for its connections.
 *
 * @throws {LaunchError} if this Deno is too old for TLS over other streams.
 */
export function secureContext(cert: string, key: string): SecureContext {
  checkTlsOverStreams("a server that talks TLS");
  return createSecureContext({ cert, key });
}

/** The server's end of a TLS connection. */
export class TlsWire implements Wire {
  readonly remoteAddr: Deno.Addr;
  readonly #raw: RawDuplex;
  readonly #socket: TLSSocket;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;
  #error: Error | undefined;
  #changed: (() => void) | undefined;

  constructor(conn: Deno.Conn, context: SecureContext) {
    this.remoteAddr = conn.remoteAddr;
    this.#raw = new RawDuplex(conn);
    this.#socket = new TLSSocket(this.#raw as never, { isServer: true, secureContext: context });
    const end = (error?: Error) => {
      this.#ended = true;
      this.#error ??= error;
      this.#changed?.();
    };
    this.#raw.on("error", end);
    this.#raw.on("close", () => end());
    this.#socket.on("error", end);
    this.#socket.on("end", () => end());
    this.#socket.on("close", () => end());
    this.#socket.on("readable", () => this.#changed?.());
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#rest.length === 0) this.#rest = this.#socket.read() ?? this.#rest;
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

  closeWrite(): Promise<void> {
    this.#socket.end();
    return Promise.resolve();
  }

  close(): void {
    this.#socket.destroy();
    this.#raw.destroy();
  }
}

/** A connection as a stream for Node's TLS. */
class RawDuplex extends Duplex {
  readonly #conn: Deno.Conn;
  readonly #buffer = new Uint8Array(READ_BYTES);

  constructor(conn: Deno.Conn) {
    super();
    this.#conn = conn;
  }

  override _read(): void {
    this.#conn.read(this.#buffer).then(
      (count) => this.push(count === null ? null : this.#buffer.slice(0, count)),
      (error) => this.destroy(error),
    );
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
