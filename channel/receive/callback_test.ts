import { assertEquals } from "@std/assert";
import { Hold } from "../../internal/keep_alive.ts";
import { Queue } from "../../internal/queue.ts";
import { type CallbackQueue, CallbackRunner, type Consumer, isThenable } from "./callback.ts";
import type { Received } from "./waiting_items.ts";

/** A queue that records what its runner does. */
class Recorder implements CallbackQueue {
  readonly log: unknown[] = [];
  readonly #items = new Queue<Received>();
  isEnded = false;
  error: Error | undefined;

  push(...items: unknown[]): void {
    for (const item of items) this.#items.push({ item, cost: 10, held: 10, decoded: 0 });
  }

  shift(): Received | undefined {
    return this.#items.shift();
  }

  endError(): Error | undefined {
    return this.error;
  }

  readonly items = {
    taken: ({ cost }: Received) => void this.log.push(`consumed ${cost}`),
    handOver() {},
    awaited() {},
  };

  discard(): void {
    this.log.push(`discarded ${this.#items.drain().length}`);
  }

  finished(failure?: { error: unknown }): void {
    this.log.push(failure === undefined ? "finished" : `failed: ${failure.error}`);
  }
}

/** A runner whose calls, and whose hold's end, are in the queue's log. */
function setUp(
  kind: Consumer["kind"],
  call: (item: unknown, cost: number) => unknown,
  endMarker?: { value: unknown },
): { queue: Recorder; runner: CallbackRunner } {
  const queue = new Recorder();
  const consumer: Consumer = {
    kind,
    call(item, cost) {
      queue.log.push(item);
      return call(item, cost);
    },
    endMarker,
  };
  const hold = new Hold(() => queue.log.push("released"));
  return { queue, runner: new CallbackRunner(consumer, queue, hold) };
}

const END = { value: "end" };

Deno.test("CallbackRunner calls with each item, in order, and gives credit before each call", () => {
  const { queue, runner } = setUp("callback", () => {});
  queue.push(1, 2);
  runner.run();
  assertEquals(queue.log, ["consumed 10", 1, "consumed 10", 2]);
  assertEquals(runner.isBusy, false);
});

Deno.test("CallbackRunner leaves the credit to a consumer of bytes", () => {
  const costs: number[] = [];
  const { queue, runner } = setUp("bytes", (_, cost) => void costs.push(cost));
  queue.push(1, 2);
  runner.run();
  assertEquals([queue.log, costs], [[1, 2], [10, 10]]);
});

Deno.test("CallbackRunner waits for a promise before the next call", async () => {
  const calls = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { queue, runner } = setUp("callback", (item) => calls[item as number].promise);
  queue.push(0, 1);
  runner.run();
  runner.run();
  assertEquals([queue.log, runner.isBusy], [["consumed 10", 0], true]);
  calls[0].resolve();
  await ticks();
  assertEquals(queue.log.slice(2), ["consumed 10", 1]);
  calls[1].resolve();
  await ticks();
  assertEquals(runner.isBusy, false);
});

Deno.test("CallbackRunner calls with the end marker once, lets go of its hold, and stays busy", () => {
  const { queue, runner } = setUp("items", () => {}, END);
  queue.push(1);
  queue.isEnded = true;
  runner.run();
  assertEquals(queue.log, ["consumed 10", 1, "end", "released", "finished"]);
  runner.run();
  assertEquals([queue.log.length, runner.isBusy], [5, true]);
});

Deno.test("CallbackRunner finishes without a call where there is no end marker", () => {
  const { queue, runner } = setUp("callback", () => {});
  queue.isEnded = true;
  runner.run();
  assertEquals(queue.log, ["released", "finished"]);
});

Deno.test("CallbackRunner waits for the promise of its last call", async () => {
  const last = Promise.withResolvers<void>();
  const { queue, runner } = setUp("callback", () => last.promise, END);
  queue.isEnded = true;
  runner.run();
  await ticks();
  assertEquals(queue.log, ["end"]);
  last.resolve();
  await ticks();
  assertEquals(queue.log, ["end", "released", "finished"]);
});

for (const kind of ["throws", "rejects"] as const) {
  Deno.test(`CallbackRunner ends with the end marker when a call ${kind}`, async () => {
    const fail = () => {
      throw new RangeError("no");
    };
    const { queue, runner } = setUp(
      "callback",
      (item) => item === 1 ? kind === "throws" ? fail() : Promise.reject(new RangeError("no")) : 0,
      END,
    );
    queue.push(1, 2, 3);
    runner.run();
    await ticks();
    assertEquals(queue.log, [
      "consumed 10",
      1,
      "discarded 2",
      "end",
      "released",
      "failed: RangeError: no",
    ]);
  });
}

Deno.test("CallbackRunner reports the first error where the end marker's call throws too", () => {
  const { queue, runner } = setUp("callback", (item) => {
    throw new Error(String(item));
  }, END);
  queue.push(1);
  runner.run();
  assertEquals(queue.log.at(-1), "failed: Error: 1");
});

Deno.test("isThenable() tells what await waits for from other values", () => {
  const values = [Promise.resolve(), { then() {} }, { then: 1 }, null, undefined, "then", () => {}];
  assertEquals(values.map(isThenable), [true, true, false, false, false, false, false]);
});

/** Lets every microtask that is due run. */
async function ticks(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
