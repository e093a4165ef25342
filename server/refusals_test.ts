import { assertEquals } from "@std/assert";
import type { ServerEvent } from "./log.ts";
import { Refusals } from "./refusals.ts";

const refused = (reason: string) => ({ event: "refused", peer: "192.0.2.7:9", reason }) as const;

Deno.test("Refusals logs the first ones of a reason singly, and the others as one sum", () => {
  const events: ServerEvent[] = [];
  const refusals = new Refusals((event) => events.push(event));
  for (let i = 0; i < 5_000; i++) refusals.add(refused("too many"), `host ${i % 7}`);
  refusals.add(refused("a wrong proof"), "host 9");
  assertEquals(events.length, 11);
  assertEquals(events[10], refused("a wrong proof"));
  refusals.flush();
  assertEquals(events.slice(11), [
    { event: "refusals", count: 4_990, hosts: 7, reasons: { "too many": 4_990 } },
  ]);
  refusals.flush();
  assertEquals(events.length, 12);
});

Deno.test("Refusals tells a bounded number of reasons apart, and counts the others together", () => {
  const events: ServerEvent[] = [];
  const refusals = new Refusals((event) => events.push(event));
  for (let i = 0; i < 1_000; i++) refusals.add(refused(`reason ${i}`), "a host");
  refusals.flush();
  assertEquals(events.filter(({ event }) => event === "refused").length, 30);
  assertEquals(events.at(-1), {
    event: "refusals",
    count: 970,
    hosts: 1,
    reasons: { "other reasons": 970 },
  });
});

Deno.test("Refusals logs a sum by itself when its time is over", async () => {
  const summed = Promise.withResolvers<ServerEvent>();
  const refusals = new Refusals((event) => event.event === "refusals" && summed.resolve(event), 1);
  for (let i = 0; i < 20; i++) refusals.add(refused("too many"), "a host");
  const kept = setTimeout(() => {}, 10_000); // the timer keeps no process alive
  assertEquals((await summed.promise as { count: number }).count, 10);
  clearTimeout(kept);
});
