import { assertEquals } from "@std/assert";
import { pair, plainChannel } from "../tests/support/peers.ts";

Deno.test("a stream that is given up closes a plain channel; an execution goes on if it only reads", async () => {
  await using it = await pair();
  const [, plain] = await plainChannel(it);
  await plain.readable.cancel("enough");
  await it.far.readable.cancel("enough");
  assertEquals([plain.closed, it.far.closed], [true, false]);
  await it.far.writable.abort("broken");
  assertEquals([it.far.closed, `${it.farCore.outcome.failure}`], [true, "undefined"]);
});
