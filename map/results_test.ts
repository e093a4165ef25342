import { assertEquals } from "@std/assert";
import { OrderedResults, type Outcome, type Results, UnorderedResults } from "./results.ts";

const result = (index: number, value: string): Outcome<string> => {
  return { kind: "result", index, value, bytes: 10 };
};

function drain(results: Results<string>): unknown[] {
  const consumed: unknown[] = [];
  for (let next = results.next(); next !== undefined; next = results.next()) {
    consumed.push(next.kind === "result" ? next.value : next);
  }
  return consumed;
}

Deno.test("OrderedResults gives results in the order of their items", () => {
  const results = new OrderedResults<string>();
  results.put(result(2, "c"));
  results.put({ kind: "skip", index: 1 });
  assertEquals(drain(results), []);
  assertEquals(results.consumed, 0);
  results.put(result(0, "a"));
  assertEquals(drain(results), ["a", "c"]);
  assertEquals(results.consumed, 3);
});

Deno.test("OrderedResults passes over a row of skipped items at once", () => {
  const results = new OrderedResults<string>();
  for (const index of [1, 0, 2]) results.put({ kind: "skip", index });
  assertEquals(results.consumed, 3);
});

Deno.test("OrderedResults gives a stop in its turn", () => {
  const results = new OrderedResults<string>();
  const stop: Outcome<string> = { kind: "stop", index: 1, error: "broken" };
  results.put(stop);
  assertEquals(results.next(), undefined);
  results.put(result(0, "a"));
  assertEquals(drain(results), ["a", stop]);
});

Deno.test("UnorderedResults gives results as they are put in, and counts the skipped", () => {
  const results = new UnorderedResults<string>();
  results.put(result(2, "c"));
  results.put({ kind: "skip", index: 1 });
  results.put(result(0, "a"));
  assertEquals(results.consumed, 1);
  assertEquals(drain(results), ["c", "a"]);
  assertEquals(results.consumed, 3);
});

Deno.test("results can be undefined", () => {
  for (const results of [new OrderedResults(), new UnorderedResults()]) {
    const outcome = { kind: "result", index: 0, value: undefined, bytes: 8 } as const;
    results.put(outcome);
    assertEquals(results.next(), outcome);
    assertEquals(results.next(), undefined);
  }
});

Deno.test("results count the bytes of what waits", () => {
  for (const results of [new OrderedResults<string>(), new UnorderedResults<string>()]) {
    results.put(result(0, "a"));
    results.put(result(1, "b"));
    assertEquals([results.size, results.bytes], [2, 148]);
    results.next();
    assertEquals([results.size, results.bytes], [1, 74]);
  }
});
