import { assertEquals } from "@std/assert";
import type { ServerConnection } from "./connection.ts";
import { HalfOpenConnections } from "./half_open.ts";

/** A connection that records that it was closed. */
function connection(name: string, log: string[], host = "a"): ServerConnection {
  return { host, close: () => log.push(name) } as Partial<ServerConnection> as ServerConnection;
}

Deno.test("HalfOpenConnections closes the oldest of a host when there are too many", async () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 2, timeout: 60_000 });
  const [first, second, third] = ["first", "second", "third"].map((name) =>
    halfOpen.add(connection(name, closed))
  );
  assertEquals(closed, ["first"]);
  const reason =
    "more than 2 connections were in their handshake, and it was the oldest of its host";
  assertEquals([await first.revoked, first.revokedReason], [reason, reason]);
  second.release();
  const fourth = halfOpen.add(connection("fourth", closed));
  assertEquals(closed, ["first"]);
  assertEquals([third.revokedReason, fourth.revokedReason], [undefined, undefined]);
  halfOpen.clear("the server is shutting down");
  assertEquals(closed, ["first", "third", "fourth"]);
  assertEquals(await fourth.revoked, "the server is shutting down");
});

Deno.test("HalfOpenConnections takes places from the host that has the most", () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 4, timeout: 60_000 });
  halfOpen.add(connection("owner", closed, "owner"));
  halfOpen.add(connection("other", closed, "other"));
  for (let i = 0; i < 100; i++) halfOpen.add(connection(`flood ${i}`, closed, "flood"));
  assertEquals(closed, Array.from({ length: 98 }, (_, i) => `flood ${i}`));
  halfOpen.clear("");
});

Deno.test("HalfOpenConnections keeps proven clients apart from strangers", () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 2, timeout: 60_000 });
  const proven = halfOpen.add(connection("proven", closed));
  proven.prove();
  for (let i = 0; i < 10; i++) halfOpen.add(connection("stranger", closed));
  assertEquals(closed, Array(8).fill("stranger"));
  proven.prove(); // once more changes nothing
  proven.release();
  halfOpen.clear("");
  assertEquals(closed, Array(10).fill("stranger"));
});

Deno.test("HalfOpenConnections gives no place to a revoked one that proves itself too late", () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 1, timeout: 60_000 });
  const late = halfOpen.add(connection("late", closed));
  halfOpen.add(connection("next", closed));
  late.prove();
  halfOpen.clear("");
  assertEquals(closed, ["late", "next"]);
});

Deno.test("HalfOpenConnections closes one that takes too long, proven or not", async () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 3, timeout: 1 });
  const slow = halfOpen.add(connection("slow", closed));
  const quick = halfOpen.add(connection("quick", closed));
  const proven = halfOpen.add(connection("proven", closed));
  proven.prove();
  quick.release();
  assertEquals(await slow.revoked, "the handshake took more than 1 ms");
  assertEquals(await proven.revoked, "the handshake took more than 1 ms");
  assertEquals(closed, ["slow", "proven"]);
});

Deno.test("HalfOpenConnections has room unless one that has only just come would lose its place", async () => {
  const closed: string[] = [];
  const halfOpen = new HalfOpenConnections({ max: 2, timeout: 60_000 });
  await halfOpen.room();
  const slots = ["first", "second"].map((name) => halfOpen.add(connection(name, closed)));
  const begin = performance.now();
  await halfOpen.room();
  assertEquals(performance.now() - begin > 90, true);
  halfOpen.add(connection("third", closed));
  assertEquals(closed, ["first"]);
  slots[1].release();
  let hasRoom = false;
  await Promise.race([
    halfOpen.room().then(() => hasRoom = true),
    new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve))),
  ]);
  assertEquals(hasRoom, true);
  halfOpen.clear("");
});
