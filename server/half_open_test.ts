import { assertEquals } from "@std/assert";
import type { ServerConnection } from "./connection.ts";
import { HalfOpenConnections } from "./half_open.ts";

/** A connection that records that it was closed. */
function connection(name: string, log: string[]): ServerConnection {
  return { close: () => log.push(name) } as Partial<ServerConnection> as ServerConnection;
}

Deno.test("HalfOpenConnections closes the oldest when there are too many", async () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 2, timeout: 60_000 });
  const [first, second, third] = ["first", "second", "third"].map((name) =>
    halfOpen.add(connection(name, closed))
  );
  assertEquals(closed, ["first"]);
  const reason = "more than 2 connections were in their handshake, and it was the oldest";
  assertEquals([await first.revoked, first.revokedReason], [reason, reason]);
  second.release();
  const fourth = halfOpen.add(connection("fourth", closed));
  assertEquals(closed, ["first"]);
  assertEquals([third.revokedReason, fourth.revokedReason], [undefined, undefined]);
  halfOpen.clear("the server is shutting down");
  assertEquals(closed, ["first", "third", "fourth"]);
  assertEquals(await fourth.revoked, "the server is shutting down");
});

Deno.test("HalfOpenConnections closes one that takes too long", async () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 2, timeout: 1 });
  const slow = halfOpen.add(connection("slow", closed));
  const quick = halfOpen.add(connection("quick", closed));
  quick.release();
  assertEquals(await slow.revoked, "the handshake took more than 1 ms");
  assertEquals(closed, ["slow"]);
});
