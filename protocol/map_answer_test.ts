import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { type MapAnswer, readMapAnswer } from "./map_answer.ts";

Deno.test("readMapAnswer() accepts the answers of a worker", () => {
  const failures = new Map([[1, new Error("no")]]);
  const whole: MapAnswer = {
    ms: 0.5,
    results: [1, undefined],
    failures,
    back: [2, 4],
    begun: true,
  };
  assertEquals(readMapAnswer(whole), { ...whole, late: false });
  const { failures: none } = readMapAnswer({ ms: 0, results: [] });
  assertEquals(none?.size, 0);
});

Deno.test("readMapAnswer() refuses everything else", () => {
  const results = [1];
  const cases = [
    undefined,
    null,
    5,
    [],
    { ms: 1 },
    { results },
    { ms: "1", results },
    { ms: 1, results: { 0: 1 } },
    { ms: 1, results, failures: [] },
    { ms: 1, results, failures: new Map([[0, "text"]]) },
    { ms: 1, results, failures: new Map([[1, new Error()]]) },
    { ms: 1, results, failures: new Map([["length", new Error()]]) },
    { ms: 1, results, back: [1] },
    { ms: 1, results, back: [1, 0.5] },
    { ms: 1, results, back: "ab" },
  ];
  for (const answer of cases) assertThrows(() => readMapAnswer(answer), ProtocolError);
});
