import { assertEquals } from "@std/assert";
import { AuthType, encodeMessage } from "../protocol/auth_messages.ts";
import { inTime } from "../tests/support/deadline.ts";
import { ServerConnection, type Wire } from "./connection.ts";
import { ServerSession } from "./session.ts";

const SILENCE_MS = 300;
const PINGS = 10;

/** A connection whose client sends a ping at each interval, ten in all. */
class PingingWire implements Wire {
  readonly remoteAddr: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly #closed = Promise.withResolvers<null>();
  readonly #takes: boolean;
  #bytes: number[] = [];
  #sent = 0;

  /** @param takes Whether the client reads what is written. */
  constructor(takes: boolean) {
    this.#takes = takes;
  }

  get sent(): number {
    return this.#sent;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#bytes.length === 0) {
      if (this.#sent === PINGS) return await this.#closed.promise;
      this.#sent++;
      await new Promise((resolve) => setTimeout(resolve, SILENCE_MS / 3));
      this.#bytes = [...encodeMessage(AuthType.PING)];
    }
    const bytes = this.#bytes.splice(0, buffer.length);
    buffer.set(bytes);
    return bytes.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#takes ? Promise.resolve(bytes.length) : new Promise(() => {});
  }

  async closeWrite(): Promise<void> {}

  close(): void {
    this.#closed.resolve(null);
  }
}

Deno.test("a session reads its client's pings even if the client reads no answer", async () => {
  const wire = new PingingWire(false);
  const session = await ServerSession.start({
    process: { command: ["/bin/sh", "-c", "exec sleep 100"] },
    control: new ServerConnection(wire),
    data: new ServerConnection(new PingingWire(true)),
    timeout: undefined,
    clientTimeout: SILENCE_MS,
  });
  const { reason, signal } = await inTime("its end", session.ended);
  assertEquals([reason, signal], [
    "the connection broke: nothing was heard of its client for 0.3 s",
    "SIGTERM",
  ]);
  assertEquals(wire.sent, PINGS);
});
