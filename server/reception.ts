/**
 * Lets clients in: what happens to a connection until it belongs to a session.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { challenge, Refusal, type Transcript, welcome } from "../protocol/auth.ts";
import { AuthType, readMessage, RefusalCode } from "../protocol/auth_messages.ts";
import { encodeRefusal } from "../protocol/auth_payloads.ts";
import { decodeRequest, type SessionRequest } from "../protocol/auth_request.ts";
import { clearTimer, setTimeout } from "../internal/timers.ts";
import { ServerConnection } from "./connection.ts";
import { HalfOpen, type Place } from "./half_open.ts";
import type { ServerConfig } from "./options.ts";
import { Penalties } from "./penalties.ts";
import { TlsWire } from "./tls_wire.ts";

/** A client that may have a session, as soon as both its connections are there. */
export interface Guest {
  /** The number that joins its connections. */
  session: string;
  request: SessionRequest;
  control: ServerConnection;
  data: ServerConnection;
}

/** What becomes of a guest. */
export interface Host {
  /**
   * Judges a request, and keeps room for it. What it returns gives the room back.
   *
   * @throws {Refusal} when there is none, or the request goes too far.
   */
  reserve(request: SessionRequest): () => void;
  /** @throws {Refusal} when the session's process cannot be started. */
  begin(guest: Guest): Promise<void>;
}

/** What one side of a session waits for: the other. */
interface Meeting {
  data: PromiseWithResolvers<ServerConnection>;
  /** Settles when the data connection is the session's, or turned away with it. */
  over: PromiseWithResolvers<void>;
  hasControl: boolean;
  hasData: boolean;
}

/** Authenticates connections, and brings the two of a session together. */
export class Reception {
  readonly #config: ServerConfig;
  readonly #host: Host;
  readonly #halfOpen: HalfOpen;
  readonly #penalties = new Penalties();
  readonly #meetings = new Map<string, Meeting>();
  readonly #busy = new Set<Promise<void>>();

  constructor(config: ServerConfig, host: Host) {
    this.#config = config;
    this.#host = host;
    this.#halfOpen = new HalfOpen({ most: config.maxHalfOpen, timeout: config.handshakeTimeout });
  }

  /** Takes a new connection. */
  take(conn: Deno.TcpConn): void {
    let connection: ServerConnection;
    try {
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
      const { tls } = this.#config;
      connection = new ServerConnection(tls === undefined ? conn : new TlsWire(conn, tls.context));
    } catch {
      return conn.close(); // it was gone before we looked
    }
    const place = this.#halfOpen.enter(connection);
    const work = this.#meet(connection, place).finally(() => {
      place.leave();
      this.#busy.delete(work);
    });
    this.#busy.add(work);
  }

  /** Closes all that is not a session yet. */
  async close(reason: string): Promise<void> {
    this.#halfOpen.clear(reason);
    await Promise.all(this.#busy);
  }

  async #meet(connection: ServerConnection, place: Place): Promise<void> {
    try {
      const transcript = await challenge(connection, await this.#auth());
      if (transcript === undefined) throw new Error("it closed before it proved itself");
      this.#penalties.clear(connection.host);
      await connection.write(await welcome(this.#config.key, transcript));
      const session = transcript.session.toHex();
      if (transcript.purpose === "data") await this.#meetData(connection, session, place);
      else await this.#meetControl(connection, session, transcript, place);
    } catch (error) {
      await this.#refuse(connection, place, error);
      connection.close();
    }
  }

  async #meetData(connection: ServerConnection, session: string, place: Place): Promise<void> {
    const meeting = this.#meeting(session);
    if (meeting.hasData) throw new ProtocolError("its session has a data connection already");
    meeting.hasData = true;
    meeting.data.resolve(connection);
    try {
      await orLost(meeting.over.promise, place);
    } finally {
      if (!meeting.hasControl) this.#meetings.delete(session);
    }
  }

  async #meetControl(
    connection: ServerConnection,
    session: string,
    transcript: Transcript,
    place: Place,
  ): Promise<void> {
    const meeting = this.#meeting(session);
    if (meeting.hasControl) throw new ProtocolError("its session has a control connection already");
    meeting.hasControl = true;
    try {
      const message = await readMessage(connection, [AuthType.REQUEST]);
      if (message === undefined) throw new Error("it closed before it asked for a session");
      const request = await decodeRequest(this.#config.key, transcript, message.payload);
      const free = this.#host.reserve(request);
      try {
        const data = await orLost(meeting.data.promise, place);
        place.leave();
        await this.#host.begin({ session, request, control: connection, data });
        meeting.over.resolve();
      } catch (error) {
        free();
        throw error;
      }
    } catch (error) {
      meeting.over.reject(new Error("its session was refused"));
      throw error;
    } finally {
      this.#meetings.delete(session);
    }
  }

  #meeting(session: string): Meeting {
    let meeting = this.#meetings.get(session);
    if (meeting === undefined) {
      meeting = {
        data: Promise.withResolvers(),
        over: Promise.withResolvers(),
        hasControl: false,
        hasData: false,
      };
      meeting.over.promise.catch(() => {}); // there may be no data connection to tell
      this.#meetings.set(session, meeting);
    }
    return meeting;
  }

  async #auth() {
    const { key, tls } = this.#config;
    return { key, certificate: await tls?.certificate };
  }

  /** Says no, if there is still somebody to say it to. */
  async #refuse(connection: ServerConnection, place: Place, error: unknown): Promise<void> {
    const { peer, host } = connection;
    const reason = place.lostReason ?? messageOf(error);
    const code = codeOf(error);
    if (code !== RefusalCode.AUTHENTICATION) {
      this.#config.log({ event: "refused", peer, reason });
      if (code !== undefined) await tell(connection, code, reason, place);
      return;
    }
    const { count, delay } = this.#penalties.add(host);
    this.#config.log({ event: "refused", peer, reason, failures: count });
    await pause(delay, place);
    await tell(connection, code, reason, place);
  }
}

function codeOf(error: unknown): RefusalCode | undefined {
  if (error instanceof Refusal) return error.code;
  if (error instanceof ProtocolError) return RefusalCode.PROTOCOL;
  return undefined;
}

/** A client that does not read is not waited for longer than its place lasts. */
async function tell(
  connection: ServerConnection,
  code: RefusalCode,
  reason: string,
  place: Place,
): Promise<void> {
  try {
    await orLost(connection.write(encodeRefusal(code, reason)), place);
    await orLost(connection.closeWrite(), place);
    // Closed with something unread, the connection would lose what was written.
    while (await connection.readSome(new Uint8Array(1024)) !== null);
  } catch { /* it is gone */ }
}

async function orLost<T>(promise: Promise<T>, place: Place): Promise<T> {
  const lost = place.lost.then((reason) => {
    throw new Error(reason);
  });
  return await Promise.race([promise, lost]);
}

async function pause(ms: number, place: Place): Promise<void> {
  const passed = Promise.withResolvers<void>();
  const timer = setTimeout(passed.resolve, ms);
  try {
    await Promise.race([passed.promise, place.lost]);
  } finally {
    clearTimer(timer);
  }
}
