import { assert, assertEquals } from "@std/assert";
import { acquireSlot, type Slot } from "./queue.ts";

const limit = { key: "host", max: 2 };

/** Records that a start may begin. */
function follow(log: string[], name: string, { queued }: Slot): void {
  queued?.then(() => log.push(name));
}

Deno.test("acquireSlot() gives slots at once up to the limit, then in order as they are released", async () => {
  const log: string[] = [];
  const [first, second] = [acquireSlot(limit), acquireSlot(limit)];
  assertEquals([first.queued, second.queued], [undefined, undefined]);
  const [third, fourth] = [acquireSlot(limit), acquireSlot(limit)];
  follow(log, "third", third);
  follow(log, "fourth", fourth);
  second.release();
  await third.queued;
  assertEquals(log, ["third"]);
  first.release();
  await fourth.queued;
  assertEquals(log, ["third", "fourth"]);
  third.release();
  fourth.release();
  assertEquals(acquireSlotAndRelease(), undefined);
});

Deno.test("Slot.release() works once, and a start that gives up waiting takes no slot", async () => {
  const running = acquireSlot({ key: "host", max: 1 });
  const [givesUp, waits, last] = [1, 2, 3].map(() => acquireSlot({ key: "host", max: 1 }));
  givesUp.release();
  running.release();
  running.release();
  await waits.queued;
  const log: string[] = [];
  follow(log, "last", last);
  await Promise.resolve();
  assertEquals(log, []);
  waits.release();
  await last.queued;
  last.release();
  assertEquals(acquireSlotAndRelease(), undefined);
});

Deno.test("acquireSlot() lets starts of other keys not wait for each other", () => {
  const slots = ["a", "b"].map((key) => acquireSlot({ key, max: 1 }));
  assert(slots.every(({ queued }) => queued === undefined));
  for (const slot of slots) slot.release();
});

Deno.test("Slot.areAllFailing tells whether no start of the queue has succeeded, or may at once", () => {
  const [first, second] = [acquireSlot(limit), acquireSlot(limit)];
  first.tell("failed");
  first.tell("failed");
  assertEquals(first.areAllFailing, false);
  second.tell("failed");
  assertEquals(first.areAllFailing, true);
  second.release();
  assertEquals(first.areAllFailing, true);
  const third = acquireSlot(limit);
  assertEquals(first.areAllFailing, false);
  third.tell("succeeded");
  third.release();
  assertEquals(first.areAllFailing, false);
  first.release();
  const later = acquireSlot(limit);
  later.tell("failed");
  assertEquals(later.areAllFailing, true);
  later.release();
});

/** Returns what a new start has to wait for: nothing, if all slots are free. */
function acquireSlotAndRelease(): Promise<void> | undefined {
  const slot = acquireSlot({ key: "host", max: 1 });
  slot.release();
  return slot.queued;
}
