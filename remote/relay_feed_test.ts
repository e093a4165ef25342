import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { assert } from "../tests/support/assert.ts";
import { RelayFeed } from "./relay_feed.ts";

/** A stream that completes one write at a time, on request. */
function slowStream() {
  const writes: Uint8Array[] = [];
  let go = Promise.withResolvers<void>();
  let wrote = Promise.withResolvers<void>();
  let isClosed = false;
  const stream = new WritableStream<Uint8Array>({
    async write(bytes) {
      writes.push(bytes.slice());
      wrote.resolve();
      await go.promise;
    },
    close: () => void (isClosed = true),
  });
  return {
    stream,
    writes,
    get isClosed() {
      return isClosed;
    },
    /** Resolves with the next write, and completes it. */
    async next(): Promise<Uint8Array> {
      await wrote.promise;
      const bytes = writes[writes.length - 1];
      wrote = Promise.withResolvers();
      const done = go;
      go = Promise.withResolvers();
      done.resolve();
      return bytes;
    },
    fail: (error: Error) => go.reject(error),
  };
}

function counted(length: number, from: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) % 251);
}

Deno.test("RelayFeed writes what comes together in one piece, and gathers while it writes", async () => {
  const slow = slowStream();
  const told: number[] = [];
  const feed = new RelayFeed(slow.stream, (cost) => told.push(cost));
  const view = Uint8Array.of(1, 2, 3);
  feed.push(view, 12);
  view.fill(0); // it is valid only during the call
  feed.push(Uint8Array.of(4), 10);
  assertEquals(await slow.next(), Uint8Array.of(1, 2, 3, 4));
  feed.push(Uint8Array.of(5), 10);
  feed.push(Uint8Array.of(6), 10);
  assertEquals(await slow.next(), Uint8Array.of(5, 6));
  await feed.end();
  assertEquals(told, [22, 20]);
  assert(slow.isClosed);
});

Deno.test("RelayFeed keeps every byte of pieces of any size, and gives back all that they cost", async () => {
  const slow = slowStream();
  let cost = 0;
  const feed = new RelayFeed(slow.stream, (bytes) => cost += bytes);
  const sizes = [1, 131_072, 9, 65_536, 0, 700_000, 131_063, 131_081, 3];
  const pieces = sizes.map((size) => counted(size, size));
  for (const piece of pieces) feed.push(piece, piece.length + 9);
  const ended = feed.end();
  while (!slow.isClosed) await Promise.race([slow.next(), ended]);
  assertEquals(concat(slow.writes), concat(pieces));
  assertEquals(cost, sizes.reduce((sum, size) => sum + size + 9, 0));
});

Deno.test("RelayFeed ends where the process does not read any more", async () => {
  const slow = slowStream();
  const feed = new RelayFeed(slow.stream, () => {
    throw new Error("nothing was written");
  });
  feed.push(Uint8Array.of(1), 10);
  slow.fail(new Error("broken pipe"));
  await feed.end();
  feed.push(Uint8Array.of(2), 10);
  await feed.end();
  assertEquals(slow.writes.length, 1);
});
