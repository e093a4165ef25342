/**
 * Accepts clients: what happens to a connection until it belongs to a session.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { challenge, Refusal, type Transcript, welcome } from "../protocol/auth.ts";
import { AuthType, readMessage, RefusalCode } from "../protocol/auth_messages.ts";
import { decodeRequest, type SessionRequest } from "../protocol/auth_request.ts";
import { formatAddress } from "../transports/tcp/address.ts";
import { ServerConnection } from "./connection.ts";
import { HalfOpenConnections, type HalfOpenSlot } from "./half_open.ts";
import type { ServerConfig } from "./options.ts";
import { hostOf, RateLimits } from "./hosts.ts";
import { Penalties } from "./penalties.ts";
import { pause, report, unlessRevoked } from "./refusing.ts";
import { Refusals } from "./refusals.ts";
import { TlsWire } from "./tls_wire.ts";

/** A client that has authenticated both its connections. */
export interface AuthenticatedClient {
  /** The session id by which its connections were paired. */
  session: string;
  request: SessionRequest;
  control: ServerConnection;
  data: ServerConnection;
}

/** Starts sessions. */
export interface SessionHost {
  /**
   * Checks a request and reserves a session for it.
   *
   * @returns Gives up the reservation.
   * @throws {Refusal} if there are too many sessions, or the request asks for too much.
   */
  reserve(request: SessionRequest): () => void;
  /**
   * Starts a reserved session.
   *
   * @throws {Refusal} if its process cannot be started.
   */
  begin(client: AuthenticatedClient): Promise<void>;
}

/** The two connections of a session, which wait for each other. */
interface Pairing {
  data: PromiseWithResolvers<ServerConnection>;
  /** Resolves when the session has begun; rejects if it is refused. */
  begun: PromiseWithResolvers<void>;
  hasControl: boolean;
  hasData: boolean;
}

/** Authenticates connections, and pairs the two of each session. */
export class Acceptor {
  readonly #config: ServerConfig;
  readonly #host: SessionHost;
  readonly #halfOpen: HalfOpenConnections;
  readonly #penalties = new Penalties();
  readonly #rates = new RateLimits();
  readonly #refusals: Refusals;
  readonly #pairings = new Map<string, Pairing>();
  readonly #handshakes = new Set<Promise<void>>();

  constructor(config: ServerConfig, host: SessionHost) {
    this.#config = config;
    this.#host = host;
    this.#refusals = new Refusals(config.log);
    this.#halfOpen = new HalfOpenConnections({
      max: config.maxHalfOpen,
      timeout: config.handshakeTimeout,
    });
  }

  /** Resolves when a new connection may be accepted. */
  async room(): Promise<void> {
    await this.#halfOpen.room();
  }

  /** Begins the handshake of a new connection. */
  accept(conn: Deno.TcpConn): void {
    const address = conn.remoteAddr;
    const host = hostOf(address.hostname);
    const reason = this.#rates.refuses(host);
    if (reason !== undefined) {
      conn.close();
      this.#refusals.add({ event: "refused", peer: formatAddress(address), reason }, host);
      return;
    }
    let connection: ServerConnection;
    try {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
      const { tls } = this.#config;
      connection = new ServerConnection(tls === undefined ? conn : new TlsWire(conn, tls.context));
    } catch {
      return conn.close(); // it was closed already
    }
    const slot = this.#halfOpen.add(connection);
    const handshake = this.#handshake(connection, slot).finally(() => {
      slot.release();
      this.#handshakes.delete(handshake);
    });
    this.#handshakes.add(handshake);
  }

  /** Closes all connections that belong to no session yet. */
  async close(reason: string): Promise<void> {
    this.#halfOpen.clear(reason);
    await Promise.all(this.#handshakes);
    this.#refusals.flush();
  }

  async #handshake(connection: ServerConnection, slot: HalfOpenSlot): Promise<void> {
    let isProven = false;
    try {
      const transcript = await challenge(connection, await this.#auth());
      if (transcript === undefined) throw new Error("it closed before it proved itself");
      isProven = true;
      slot.prove();
      connection.admit();
      this.#penalties.clear(connection.host);
      this.#rates.prove(connection.host);
      await connection.write(await welcome(this.#config.key, transcript));
      const session = transcript.session.toHex();
      if (transcript.purpose === "data") await this.#pairData(connection, session, slot);
      else await this.#pairControl(connection, session, transcript, slot);
    } catch (error) {
      await this.#refuse(connection, slot, error, isProven);
      connection.close();
    }
  }

  async #pairData(
    connection: ServerConnection,
    session: string,
    slot: HalfOpenSlot,
  ): Promise<void> {
    const pairing = this.#pairing(session);
    if (pairing.hasData) throw new ProtocolError("its session has a data connection already");
    pairing.hasData = true;
    pairing.data.resolve(connection);
    try {
      await unlessRevoked(pairing.begun.promise, slot);
    } finally {
      if (!pairing.hasControl) this.#pairings.delete(session);
    }
  }

  async #pairControl(
    connection: ServerConnection,
    session: string,
    transcript: Transcript,
    slot: HalfOpenSlot,
  ): Promise<void> {
    const pairing = this.#pairing(session);
    if (pairing.hasControl) throw new ProtocolError("its session has a control connection already");
    pairing.hasControl = true;
    try {
      const message = await readMessage(connection, [AuthType.REQUEST]);
      if (message === undefined) throw new Error("it closed before it asked for a session");
      const request = await decodeRequest(this.#config.key, transcript, message.payload);
      const release = this.#host.reserve(request);
      try {
        const data = await unlessRevoked(pairing.data.promise, slot);
        slot.release();
        await this.#host.begin({ session, request, control: connection, data });
        pairing.begun.resolve();
      } catch (error) {
        release();
        throw error;
      }
    } catch (error) {
      pairing.begun.reject(new Error("its session was refused"));
      throw error;
    } finally {
      this.#pairings.delete(session);
    }
  }

  #pairing(session: string): Pairing {
    let pairing = this.#pairings.get(session);
    if (pairing === undefined) {
      pairing = {
        data: Promise.withResolvers(),
        begun: Promise.withResolvers(),
        hasControl: false,
        hasData: false,
      };
      pairing.begun.promise.catch(() => {}); // no data connection may be waiting for it
      this.#pairings.set(session, pairing);
    }
    return pairing;
  }

  async #auth() {
    const { key, tls } = this.#config;
    return { key, certificate: await tls?.certificate };
  }

  /** Logs why a connection is refused, and reports that to the client if the protocol has a code for it. */
  async #refuse(
    connection: ServerConnection,
    slot: HalfOpenSlot,
    error: unknown,
    isProven: boolean,
  ): Promise<void> {
    const { peer, host } = connection;
    const reason = slot.revokedReason ?? messageOf(error);
    const code = codeOf(error);
    if (code !== RefusalCode.AUTHENTICATION) {
      if (isProven) this.#config.log({ event: "refused", peer, reason });
      else this.#refusals.add({ event: "refused", peer, reason }, host);
      if (code !== undefined) await report(connection, code, reason, slot);
      return;
    }
    const { count, delay } = this.#penalties.add(host);
    this.#refusals.add({ event: "refused", peer, reason, failures: count }, host);
    await pause(delay, slot);
    await report(connection, code, reason, slot);
  }
}

function codeOf(error: unknown): RefusalCode | undefined {
  if (error instanceof Refusal) return error.code;
  if (error instanceof ProtocolError) return RefusalCode.PROTOCOL;
  return undefined;
}
