import { assertEquals } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { inTime } from "../../tests/support/deadline.ts";
import { startHeartbeat } from "./heartbeat.ts";

const SECONDS = 0.02;

/** A connection whose peer answers each ping, or none. */
class FakeConnection {
  heard = 0;
  pings = 0;
  readonly #enough = Promise.withResolvers<void>();
  readonly #answers: boolean;

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  ping(): void {
    this.pings++;
    if (this.#answers) this.heard++;
    if (this.pings === 5) this.#enough.resolve();
  }

  /** Resolves at the fifth ping. */
  get enough(): Promise<void> {
    return inTime("five pings", this.#enough.promise);
  }
}

Deno.test("startHeartbeat() goes on while the peer answers", async () => {
  const connection = new FakeConnection(true);
  let silences = 0;
  const stop = startHeartbeat(connection, SECONDS, () => silences++);
  await connection.enough;
  stop();
  assertEquals(silences, 0);
});

Deno.test("startHeartbeat() reports a silent peer, once it has pinged it", async () => {
  const connection = new FakeConnection(false);
  const silent = Promise.withResolvers<void>();
  startHeartbeat(connection, SECONDS, silent.resolve);
  await inTime("the silence", silent.promise);
  assert(connection.pings > 0);
});

Deno.test("startHeartbeat() does not take a delay of this side for a silent peer", async () => {
  const connection = new FakeConnection(true);
  let silences = 0;
  const stop = startHeartbeat(connection, SECONDS, () => silences++);
  const ping = connection.ping.bind(connection);
  connection.ping = () => {
    ping();
    connection.heard--; // the answer is still unread when the next tick comes, late
    for (const end = performance.now() + 3_000 * SECONDS; performance.now() < end;);
  };
  await connection.enough;
  stop();
  assertEquals(silences, 0);
});
