/** A live server outlives mutated handshakes and sessions, and still starts gateways. */

import { AuthType, encodeMessage } from "../../protocol/auth_messages.ts";
import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { Mutator, PeakMemory } from "../support/mutate.ts";
import { assert } from "../support/assert.ts";
import { TestServer, TOKEN } from "../support/server/test_server.ts";

const CONNECTIONS = 60;
const MOST_MIB = 200;

/** Writes bytes, and reads until the server has closed or answered. */
async function send(port: number, bytes: Uint8Array, isRead: boolean): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await conn.write(bytes);
    if (isRead) await inTime("an answer of the server", conn.read(new Uint8Array(1_000)));
  } catch (error) {
    const isEnd = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isEnd) throw error;
  }
}

test("a server outlives mutated handshakes, and starts a gateway afterwards", async () => {
  await using server = new TestServer();
  const mutator = new Mutator(7);
  const memory = new PeakMemory();
  const response = encodeMessage(AuthType.RESPONSE, new Uint8Array(83).fill(1));
  for (let i = 0; i < CONNECTIONS; i++) {
    await send(server.port, mutator.mutate(response), mutator.below(2) === 0);
    memory.look();
  }
  const grown = memory.report(`${CONNECTIONS} mutated handshakes`);
  assert(grown < MOST_MIB);
  assertEquals(JSON.stringify(server.events).includes(TOKEN), false);
  await using gw = await server.group.makeGateway(server.spec());
  assertEquals(await gw.call(() => 42), 42);
});
