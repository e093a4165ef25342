import { assertEquals } from "@std/assert";
import { applyEdits, lineEnds, positionOf } from "./edits.ts";

Deno.test("applyEdits() replaces and inserts, whatever the order of the edits", () => {
  const { text } = applyEdits("a + b;", [
    { start: 4, end: 5, text: "(c)" },
    { start: 0, end: 1, text: "x.a" },
    { start: 6, end: 6, text: "\nd" },
  ]);
  assertEquals(text, "x.a + (c);\nd");
});

Deno.test("applyEdits() keeps the order of insertions at one place", () => {
  const edits = ["1", "2"].map((text) => ({ start: 1, end: 1, text }));
  assertEquals(applyEdits("ab", edits).text, "a12b");
});

Deno.test("applyEdits() leads back to where each position was written", () => {
  const text = "one\ntwo three\nfour";
  const start = text.indexOf("three");
  const edited = applyEdits(text, [
    { start: 0, end: 0, text: "x\ny" },
    { start, end: start + 5, text: "3" },
  ]);
  assertEquals(edited.text, "x\nyone\ntwo 3\nfour");
  const places: [line: number, column: number, fromLine: number, fromColumn: number][] = [
    [1, 1, 1, 1],
    [2, 1, 1, 1],
    [2, 2, 1, 1],
    [2, 4, 1, 3],
    [3, 2, 2, 2],
    [3, 5, 2, 5],
    [3, 6, 2, 10],
    [4, 3, 3, 3],
  ];
  for (const [line, column, fromLine, fromColumn] of places) {
    assertEquals(edited.original(line, column), { line: fromLine, column: fromColumn });
  }
});

Deno.test("applyEdits() counts the place behind a callee as the callee", () => {
  const edit = { start: 2, end: 3, text: "(0, m.f)" };
  const called = applyEdits("  f();", [{ ...edit, isCalled: true }]);
  assertEquals(called.original(1, 11), { line: 1, column: 3 });
  assertEquals(applyEdits("  f;", [edit]).original(1, 11), { line: 1, column: 4 });
});

Deno.test("lines end as they do for V8", () => {
  const text = "a\r\nb\rc\u2028d\u2029e\nf";
  assertEquals(lineEnds(text), 5);
  assertEquals(positionOf(text, text.indexOf("e")), { line: 5, column: 1 });
});
