import { assertEquals } from "@std/assert";
import { OrderedResults, type Outcome, type Results, UnorderedResults } from "./results.ts";

const result = (value: string): Outcome<string> => ({ kind: "result", value });

function drain(results: Results<string>): unknown[] {
  const consumed: unknown[] = [];
  for (let next = results.next(); next !== undefined; next = results.next()) {
    consumed.push(next.kind === "result" ? next.value : next);
  }
  return consumed;
}

Deno.test("OrderedResults gives results in the order of their items", () => {
  const results = new OrderedResults<string>();
  results.put(2, result("c"));
  results.put(1, { kind: "skip" });
  assertEquals(drain(results), []);
  assertEquals(results.consumed, 0);
  results.put(0, result("a"));
  assertEquals(drain(results), ["a", "c"]);
  assertEquals(results.consumed, 3);
});

Deno.test("OrderedResults passes over a row of skipped items at once", () => {
  const results = new OrderedResults<string>();
  for (const index of [1, 0, 2]) results.put(index, { kind: "skip" });
  assertEquals(results.consumed, 3);
});

Deno.test("OrderedResults gives a stop in its turn", () => {
  const results = new OrderedResults<string>();
  const stop: Outcome<string> = { kind: "stop", error: "broken" };
  results.put(1, stop);
  assertEquals(results.next(), undefined);
  results.put(0, result("a"));
  assertEquals(drain(results), ["a", stop]);
});

Deno.test("UnorderedResults gives results as they are put in, and counts the skipped", () => {
  const results = new UnorderedResults<string>();
  results.put(2, result("c"));
  results.put(1, { kind: "skip" });
  results.put(0, result("a"));
  assertEquals(results.consumed, 1);
  assertEquals(drain(results), ["c", "a"]);
  assertEquals(results.consumed, 3);
});

Deno.test("results can be undefined", () => {
  for (const results of [new OrderedResults(), new UnorderedResults()]) {
    results.put(0, { kind: "result", value: undefined });
    assertEquals(results.next(), { kind: "result", value: undefined });
    assertEquals(results.next(), undefined);
  }
});
