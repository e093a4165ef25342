import { assertEquals, assertRejects } from "@std/assert";
import { type Channel, Group, RemoteError } from "../../mod.ts";
import { test } from "../support/bounded.ts";

test("a bridge keeps what waits for a slow reader as it came", async () => {
  await using group = await Group.open(["popen//id=source", "popen//id=reader"]);
  const numbers = group.get("source")?.remoteExec(async function* (_: Channel, count: number) {
    for (let n = 0; n < count; n++) yield new Uint8Array(50_000).fill(n);
  }, 200);
  const sums = group.get("reader")?.remoteExec(
    async (channel: Channel<"go", number>, numbers: Channel<Uint8Array>) => {
      await channel.receive();
      for await (const bytes of numbers) await channel.send(new Set(bytes).size * 1000 + bytes[0]);
    },
    numbers as Channel<Uint8Array>,
  );
  await new Promise((resolve) => setTimeout(resolve, 500)); // all windows are used up meanwhile
  await sums?.send("go");
  const seen: number[] = [];
  for await (const sum of sums ?? []) seen.push(sum);
  assertEquals(seen, Array.from({ length: 200 }, (_, n) => 1000 + n));
});

test("an iteration over a bridge throws where remoteExec's signal was aborted", async () => {
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
