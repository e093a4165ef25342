/**
 * A server's end of a connection, which is read only on demand.
 *
 * @module
 */

import type { ExactStream } from "../protocol/auth_messages.ts";
import { isOlder } from "../internal/version.ts";
import { formatAddress } from "../transports/tcp/address.ts";
import { hostOf } from "./hosts.ts";

/** Before this version, a second `Socket` of the same TCP connection hangs the process. */
const MIN_TO_SHARE = "2.8.0";

/** The stream below a connection; a `Deno.Conn` is one. */
export interface Wire {
  readonly remoteAddr: Deno.Addr;
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  /** Ends bounds that hold for strangers. */
  admit?(): void;
  close(): void;
}

/** One connection of a client. */
export class ServerConnection implements ExactStream {
  /** The client's address, for the log. */
  readonly peer: string;
  /** The client's host, as limits count it. */
  readonly host: string;
  readonly #wire: Wire;
  /** Resolves when the last write is done; the next one waits for it. */
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(wire: Wire) {
    this.#wire = wire;
    const address = wire.remoteAddr as Deno.NetAddr;
    this.peer = formatAddress(address);
    this.host = hostOf(address.hostname);
  }

  async read(count: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const got = await this.#wire.read(bytes.subarray(at));
      if (got === null) return undefined;
      at += got;
    }
    return bytes;
  }

  /** Reads into `buffer`; returns the number of bytes, or `null` at the end. */
  readSome(buffer: Uint8Array): Promise<number | null> {
    return this.#wire.read(buffer);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#written = this.#written.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#wire.write(bytes.subarray(at));
    });
  }

  /** The client has authenticated: what bounds strangers ends. */
  admit(): void {
    this.#wire.admit?.();
  }

  /** Ends the stream to the client, after all writes. */
  async closeWrite(): Promise<void> {
    await this.#written;
    await this.#wire.closeWrite();
  }

  /**
   * The descriptor, for a child process; undefined if there is none (as with TLS), or if this Deno could
   * not use one in a child. Deno (2.7–2.9) has it under an internal symbol.
   */
  get descriptor(): number | undefined {
    if (isOlder(Deno.version.deno, MIN_TO_SHARE)) return undefined;
    const wire = this.#wire as unknown as Record<symbol, unknown>;
    for (const key of Object.getOwnPropertySymbols(wire)) {
      const value = wire[key];
      if (key.description === "Deno.internal.fd" && typeof value === "number") return value;
    }
    return undefined;
  }

  /** Closes it; pending reads and writes fail. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#written.catch(() => {}); // the writer has the error, too
    this.#wire.close();
  }
}
