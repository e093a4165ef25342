/** Clients that break the rules, and machines in the middle. */

import { connect as connectTls } from "node:tls";
import { Duplex } from "node:stream";
import { authenticate, TokenKey, type Transcript } from "../../../protocol/auth.ts";
import {
  AuthType,
  type ExactStream,
  readMessage,
  SESSION_ID_BYTES,
} from "../../../protocol/auth_messages.ts";
import { decodeRefusal, type Purpose } from "../../../protocol/auth_payloads.ts";
import { encodeRequest, type SessionRequest } from "../../../protocol/auth_request.ts";
import { inTime } from "../deadline.ts";
import { TOKEN } from "./test_server.ts";

/** A request for a session that may do nothing. */
const NOTHING: SessionRequest = {
  name: "attacker",
  all: false,
  allow: {},
  deny: {},
  env: {},
  chdir: "",
  nice: 0,
  deno: "",
};

/** A client's connection that a test drives by hand. */
export class Attacker implements ExactStream, Disposable {
  /** Each write. */
  readonly sent: Uint8Array[] = [];
  readonly #conn: Deno.Conn;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  static async connect(port: number): Promise<Attacker> {
    return new Attacker(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async read(count: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const got = await inTime("bytes of the server", this.#conn.read(bytes.subarray(at)));
      if (got === null) return undefined;
      at += got;
    }
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.sent.push(bytes.slice());
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Reads the challenge. */
  async challenged(): Promise<void> {
    await readMessage(this, [AuthType.CHALLENGE]);
  }

  /** Performs the handshake as a client should. */
  async enter(
    purpose: Purpose,
    session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES)),
  ): Promise<Transcript> {
    const key = new TokenKey(TOKEN);
    return await authenticate(this, { key, certificate: undefined, purpose, session });
  }

  /** Asks for a session as a client should that has entered its control connection. */
  async ask(transcript: Transcript, changes: Partial<SessionRequest> = {}): Promise<void> {
    const request = { ...NOTHING, ...changes };
    await this.write(await encodeRequest(new TokenKey(TOKEN), transcript, request));
  }

  /** Reads the server's next message, a refusal; undefined if the server just closes. */
  async refusal(): Promise<{ code: number; reason: string } | undefined> {
    const message = await readMessage(this, [AuthType.REFUSED]);
    return message === undefined ? undefined : decodeRefusal(message.payload);
  }

  /** Waits until the server has closed the connection. */
  async closed(): Promise<void> {
    try {
      while (await inTime("the server's end", this.#conn.read(new Uint8Array(1024))) !== null);
    } catch { /* a reset is an end too */ }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

/** A machine in the middle: passes bytes on between a client and a TLS server. */
export class ManInTheMiddle implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #port: number;
  readonly #passing = new Set<Promise<unknown>>();

  /** The certificate that it shows to clients; without it, it speaks no TLS with them. */
  constructor(port: number, shown: { cert: string; key: string } | undefined) {
    this.#port = port;
    const where = { hostname: "127.0.0.1", port: 0 };
    this.#listener = shown === undefined
      ? Deno.listen(where)
      : Deno.listenTls({ ...where, ...shown });
    this.#passing.add(this.#listen());
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#passing);
  }

  async #listen(): Promise<void> {
    try {
      for await (const conn of this.#listener) this.#passing.add(this.#pass(conn));
    } catch { /* closed */ }
  }

  async #pass(near: Deno.Conn): Promise<void> {
    const socket = connectTls({ host: "127.0.0.1", port: this.#port, rejectUnauthorized: false });
    const gone = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    const far = Duplex.toWeb(socket) as unknown as {
      readable: ReadableStream<Uint8Array>;
      writable: WritableStream<Uint8Array>;
    };
    await Promise.allSettled([
      near.readable.pipeTo(far.writable),
      far.readable.pipeTo(near.writable),
    ]);
    socket.destroy();
    await gone;
  }
}

/**
 * A machine in the middle that closes the first control connection and the first data connection at
 * the client's proof, as a server does that has too many connections.
 */
export class Displacer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #closed = new Set<number>();
  readonly #passing = new Set<Promise<unknown>>();

  /** @param met Gets each connection. */
  constructor(port: number, met: Deno.Conn[]) {
    this.#port = port;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#passing.add(this.#listen(met));
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await Promise.all(this.#passing);
  }

  async #listen(met: Deno.Conn[]): Promise<void> {
    try {
      for await (const near of this.#listener) {
        met.push(near);
        this.#passing.add(this.#pass(near));
      }
    } catch { /* closed */ }
  }

  async #pass(near: Deno.Conn): Promise<void> {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    const back = far.readable.pipeTo(near.writable).catch(() => {});
    const writer = far.writable.getWriter();
    try {
      let isFirst = true;
      for await (const chunk of near.readable) {
        const purpose = chunk[5]; // behind the header and the version
        if (isFirst && !this.#closed.has(purpose)) {
          this.#closed.add(purpose);
          break;
        }
        isFirst = false;
        await writer.write(chunk);
      }
      await writer.close();
    } catch { /* the connection is closed */ }
    await back;
  }
}
