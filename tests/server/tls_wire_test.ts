/** What a TLS connection costs a server, before and after its client has authenticated. */

import { assertEquals, assertRejects } from "@std/assert";
import { secureContext, TlsWire } from "../../server/tls_wire.ts";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { tlsOf } from "../support/server/test_server.ts";

const { cert, key } = tlsOf();
const CONTEXT = secureContext(cert, key);
const MIB = 1024 * 1024;

/** A connection between a client and a wire, which counts what the wire reads and writes. */
class Pair implements Disposable {
  taken = 0;
  given = 0;
  readonly wire: TlsWire;
  readonly client: Deno.Conn;
  #isClosed = false;

  private constructor(conn: Deno.Conn, client: Deno.Conn) {
    this.wire = new TlsWire(this.#counted(conn), CONTEXT);
    this.client = client;
  }

  /** A pair whose client speaks TLS, or writes what a test writes. */
  static async make(how: "tls" | "plain"): Promise<Pair> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    if (how === "plain") {
      const client = await Deno.connect({ hostname: "127.0.0.1", port });
      return new Pair(await listener.accept(), client);
    }
    const connecting = Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [cert] });
    const conn = await listener.accept();
    const client = await connecting;
    const pair = new Pair(conn, client);
    await inTime("a handshake", client.handshake());
    return pair;
  }

  close(): void {
    if (!this.#isClosed) this.wire.close();
    this.#isClosed = true;
  }

  #counted(conn: Deno.Conn): Deno.Conn {
    return {
      remoteAddr: conn.remoteAddr,
      read: async (buffer: Uint8Array) => {
        const count = await conn.read(buffer);
        this.taken += count ?? 0;
        return count;
      },
      write: async (bytes: Uint8Array) => {
        const count = await conn.write(bytes);
        this.given += count;
        return count;
      },
      closeWrite: () => conn.closeWrite(),
      close: () => conn.close(),
    } as unknown as Deno.Conn;
  }

  [Symbol.dispose](): void {
    this.close();
    this.client.close();
  }
}

/** Writes all bytes, unless the connection ends before. */
async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  } catch { /* it was closed */ }
}

/** Waits until a number has stayed the same for a while. */
async function settled(value: () => number): Promise<number> {
  let [last, times] = [-1, 0];
  await until("no more change", () => {
    times = value() === last ? times + 1 : 0;
    last = value();
    return times > 20;
  });
  return last;
}

test("what does not begin as TLS does is refused after a few bytes", async () => {
  for (const begin of [[1, 3, 1, 0, 5], [22, 3, 1, 0x40, 0], [22, 3, 1, 0xff, 0xff]]) {
    using pair = await Pair.make("plain");
    await pair.client.write(Uint8Array.from([...begin, ...new Uint8Array(100)]));
    await assertRejects(() => pair.wire.read(new Uint8Array(1)), Error, "begin as TLS does");
    assertEquals(pair.taken, 5);
  }
});

test("a TLS client that has not authenticated is read for a few KiB, whatever it sends", async () => {
  using pair = await Pair.make("tls");
  await writeAll(pair.client, new Uint8Array(86));
  assertEquals(await inTime("a message", pair.wire.read(new Uint8Array(86))), 86);
  writeAll(pair.client, new Uint8Array(8 * MIB));
  const taken = await settled(() => pair.taken);
  assert(taken <= 8 * 1024, `${taken} bytes`);
});

test("a TLS client that has authenticated is read as fast as its bytes are taken, and no faster", async () => {
  using pair = await Pair.make("tls");
  const sent = crypto.getRandomValues(new Uint8Array(60_000));
  pair.wire.admit();
  (async () => {
    for (let i = 0; i < 200; i++) await writeAll(pair.client, sent);
  })();
  const buffer = new Uint8Array(64 * 1024);
  let [at, ahead] = [0, 0];
  while (at < 200 * sent.length) {
    const count = await inTime("bytes", pair.wire.read(buffer));
    assert(count !== null);
    for (let i = 0; i < count; i += 997) assertEquals(buffer[i], sent[(at + i) % sent.length]);
    at += count;
    ahead = Math.max(ahead, pair.taken - at);
    if (at > 5_000_000 && at - count <= 5_000_000) {
      const stalled = await settled(() => pair.taken) - at;
      assert(stalled < 256 * 1024, `${stalled} bytes ahead`);
    }
  }
  assert(ahead < 256 * 1024 + 50_000, `${ahead} bytes ahead`);
});

test("a write over TLS is done when the client's side has taken it", async () => {
  using pair = await Pair.make("tls");
  pair.wire.admit();
  let done = 0;
  const chunk = new Uint8Array(256 * 1024);
  const writing = (async () => {
    for (let i = 0; i < 256; i++) done += await pair.wire.write(chunk);
  })();
  writing.catch(() => {});
  const before = await settled(() => done);
  assert(before < 32 * MIB, `${before} bytes`);
  assert(before <= pair.given, `${before} bytes of ${pair.given}`);
  const buffer = new Uint8Array(64 * 1024);
  for (let got = 0; got < 256 * chunk.length;) {
    got += await inTime("bytes", pair.client.read(buffer)) ?? 0;
  }
  await inTime("all writes", writing);
});

test("a connection that is closed before its handshake ends at once", async () => {
  using pair = await Pair.make("plain");
  const read = assertRejects(() => pair.wire.read(new Uint8Array(1)));
  pair.close();
  await inTime("the end of the read", read);
});
