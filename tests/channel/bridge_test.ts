import { assertEquals, assertRejects } from "@std/assert";
import { type Channel, Group, RemoteError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";

/** How many items of 50,000 bytes the first window of a channel holds. */
const WINDOW_ITEMS = 20;

test("a bridge keeps items for a slow reader unchanged", async () => {
  await using group = await Group.open(["popen//id=source", "popen//id=reader"]);
  const source = group.get("source");
  const numbers = source?.remoteExec(async function* (_: Channel, count: number) {
    for (let n = 0; n < count; n++) {
      Reflect.set(globalThis, "yielded", n);
      yield new Uint8Array(50_000).fill(n);
    }
  }, 200);
  const sums = group.get("reader")?.remoteExec(
    async (channel: Channel<"go", number>, numbers: Channel<Uint8Array>) => {
      await channel.receive();
      for await (const bytes of numbers) await channel.send(new Set(bytes).size * 1000 + bytes[0]);
    },
    numbers as Channel<Uint8Array>,
  );
  // The source waits for credit if it stands still behind the first window.
  let yielded = 0;
  await until("all windows to be used up", async () => {
    const before = yielded;
    yielded = await source?.call(() => Reflect.get(globalThis, "yielded")) ?? 0;
    return yielded === before && yielded > WINDOW_ITEMS;
  });
  await sums?.send("go");
  const seen: number[] = [];
  for await (const sum of sums ?? []) seen.push(sum);
  assertEquals(seen, Array.from({ length: 200 }, (_, n) => 1000 + n));
});

test("an iteration over a bridge throws if the signal of remoteExec is aborted", async () => {
  await using group = await Group.open(["popen//id=source", "popen//id=reader"]);
  const controller = new AbortController();
  const numbers = group.get("source")?.remoteExec(
    async (channel: Channel<never, number>) => {
      await channel.send(1);
      await channel.waitClose();
    },
    undefined,
    { signal: controller.signal },
  );
  const seen = group.get("reader")?.remoteExec(
    async (channel: Channel<never, number>, numbers: Channel<number>) => {
      for await (const n of numbers) await channel.send(n);
    },
    numbers as Channel<number>,
  );
  assertEquals(await seen?.receive(), 1);
  controller.abort(new Error("enough"));
  await assertRejects(
    async () => await seen?.receive(),
    RemoteError,
    "the signal of its remoteExec was aborted: Error: enough",
  );
});
