/**
 * A connection as a server has it: read only when something is wanted of it.
 *
 * @module
 */

import type { ExactStream } from "../protocol/auth_messages.ts";
import { isOlder } from "../internal/version.ts";
import { formatAddress } from "../transports/tcp/address.ts";

/** Before, a second `Socket` of the same TCP connection hangs the process. */
const LEAST_TO_GIVE = "2.8.0";

/** What carries a connection; a `Deno.Conn` is one. */
export interface Wire {
  readonly remoteAddr: Deno.Addr;
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  closeWrite(): Promise<void>;
  close(): void;
}

/** One connection of a client. */
export class ServerConnection implements ExactStream {
  /** Where it comes from, for the log. */
  readonly peer: string;
  /** The other machine. */
  readonly host: string;
  readonly #wire: Wire;
  /** Writes of several sources, in order. */
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(wire: Wire) {
    this.#wire = wire;
    const address = wire.remoteAddr as Deno.NetAddr;
    this.peer = formatAddress(address);
    this.host = address.hostname;
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

  /** Reads what is there into `buffer`; `null` at the end. */
  readSome(buffer: Uint8Array): Promise<number | null> {
    return this.#wire.read(buffer);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#written = this.#written.then(async () => {
      for (let at = 0; at < bytes.length;) at += await this.#wire.write(bytes.subarray(at));
    });
  }

  /** The client will see the end of the stream. */
  async closeWrite(): Promise<void> {
    await this.#written;
    await this.#wire.closeWrite();
  }

  /**
   * The descriptor, to give to a process; nothing where this Deno has none to give (TLS has none),
   * or could not use one that it was given. Deno (2.7–2.9) keeps it under a symbol of its own.
   */
  get descriptor(): number | undefined {
    if (isOlder(Deno.version.deno, LEAST_TO_GIVE)) return undefined;
    const wire = this.#wire as unknown as Record<symbol, unknown>;
    for (const key of Object.getOwnPropertySymbols(wire)) {
      const value = wire[key];
      if (key.description === "Deno.internal.fd" && typeof value === "number") return value;
    }
    return undefined;
  }

  /** Lets go of it; what waits for it fails. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#written.catch(() => {}); // whoever wrote has been told
    this.#wire.close();
  }
}
