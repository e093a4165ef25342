import { assert, assertEquals } from "@std/assert";
import { endAll } from "./end_all.ts";

/** A gateway that records its end, which it reaches when `until` has resolved. */
function member(id: string, log: unknown[], via?: string, until?: Promise<void>) {
  return {
    id,
    requires: via === undefined ? [] : [via],
    async terminate(timeout?: number) {
      log.push([id, timeout]);
      await until;
      log.push(`${id} ended`);
    },
  };
}

Deno.test("endAll() ends gateways before those that they run through", async () => {
  const log: unknown[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const ended = endAll([member("a", log), member("b", log, "a", promise)], { timeout: 0 });
  assertEquals(log, [["b", 0]]);
  resolve();
  await ended;
  assertEquals(log, [["b", 0], "b ended", ["a", 0], "a ended"]);
});

Deno.test("endAll() gives the next level what is left of the timeout", async () => {
  const log: unknown[] = [];
  await endAll([member("a", log), member("b", log, "a")], { timeout: 10_000 });
  const [, , next] = log;
  const [id, left] = next as [string, number];
  assertEquals(id, "a");
  assert(left > 500 && left <= 10_000);
});

Deno.test("endAll() leaves the default timeout to the gateways", async () => {
  const log: unknown[] = [];
  await endAll([member("a", log)], undefined);
  assertEquals(log, [["a", undefined], "a ended"]);
});
