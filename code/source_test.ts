import { assertEquals, assertMatch } from "@std/assert";
import { typedTest } from "../tests/support/needs.ts";
import { sourceCode } from "./source.ts";

/** Texts that are sent unchanged. */
const UNTOUCHED = [
  "",
  "return 1;",
  "await channel.send(1) // done",
  "const a = 1;\nconst b = `import x from 'y'`;\n",
  `const m = await import("node:path");`,
];

for (const text of UNTOUCHED) {
  Deno.test(`sourceCode() leaves ${JSON.stringify(text)} unchanged`, () => {
    const { locate, ...code } = sourceCode(text);
    assertEquals(code, { kind: "source", text, position: "" });
    assertEquals(locate(3, 2), { file: "", line: 3, column: 2 });
  });
}

typedTest("sourceCode() replaces types by blanks", () => {
  const text = "const a: number = 1 as number;\ninterface A { b: string }\nthrow a;";
  const { text: script, position } = sourceCode(text);
  assertEquals(position, "");
  assertEquals(script.split("\n").map((line) => line.length), [30, 25, 8]);
  assertEquals(script.includes("number"), false);
  assertEquals(script.split("\n")[2], "throw a;");
});

typedTest("sourceCode() compiles TypeScript that is more than types", () => {
  const { text, position } = sourceCode("enum Color { Red }\nreturn Color.Red;");
  assertEquals(position, "");
  assertEquals(new Function(text)(), 0);
});

Deno.test("sourceCode() maps positions of compiled text to the written text", () => {
  const written =
    `interface A {}\nenum Color { Red }\n\n  throw new Error(Color.Red + "" as string);`;
  const { text, locate } = sourceCode(written);
  const lines = text.split("\n");
  const line = lines.findIndex((line) => line.includes("new Error"));
  assertEquals(locate(line + 1, lines[line].indexOf("new Error") + 1), {
    file: "",
    line: 4,
    column: 9,
  });
});

Deno.test("sourceCode() maps columns behind imports that it moved to the front", () => {
  const { text, locate } = sourceCode(`import "node:fs"; throw new Error("here");`);
  assertEquals(locate(1, text.indexOf("new Error") + 1), { file: "", line: 1, column: 25 });
});

const IMPORTS: readonly [declaration: string, uses: string, hoisted: RegExp][] = [
  [`import "node:fs";`, "", /await import\("node:fs"\)/],
  [`import a from "m";`, "a", /"default" in .*const \{ default: a \}/],
  [`import { a, b as c } from "m";`, "a, c", /"a" in .*"b" in .*const \{ a: a, b: c \}/],
  [`import { "x y" as z } from "m";`, "z", /"x y" in .*const \{ "x y": z \}/],
  [`import * as all from "m";`, "all", /const all = __import0;/],
  [`import d, * as all from "m";`, "d, all", /const all = .*default: d/],
  [`import d, { e } from "m";`, "d, e", /default: d, e: e/],
  [
    `import j from "m" with { type: "json" };`,
    "j",
    /await import\("m", \{ with: \{ type: "json" \} \}\)/,
  ],
];

for (const [declaration, uses, hoisted] of IMPORTS) {
  Deno.test(`sourceCode() turns ${declaration} into an expression`, () => {
    const { text, position } = sourceCode(`let before;\n${declaration}\n[${uses}];`);
    assertEquals(position, "");
    const [first, second, third] = text.split("\n");
    assertMatch(first, hoisted);
    assertMatch(first, /let before;$/);
    assertMatch(second, /^ *$/);
    assertEquals(third, `[${uses}];`);
  });
}

typedTest("sourceCode() drops imports that are only types", () => {
  assertEquals(sourceCode(`import type { A } from "m";`).text.trim(), "");
});

typedTest("sourceCode() asks no module for a name that may be a type", () => {
  const { text } = sourceCode(`import { A, b } from "m"; const a: A = b;`);
  assertMatch(text, /const \{ b: b \} = __import0;/);
});

typedTest("sourceCode() compiles casts in angle brackets, and takes a line #!", () => {
  assertEquals(new Function(sourceCode("return <number> 1;").text)(), 1);
  const { text, locate } = sourceCode("#!/usr/bin/env deno\nreturn 2;");
  assertEquals(new Function(text)(), 2);
  assertEquals(locate(2, 1), { file: "", line: 2, column: 1 });
});

const WRONG: readonly [text: string, position: string][] = [
  ["let a = = 1;", "1:9"],
  ["let a = 1;\n  }", "2:3"],
  ["const a: number = 1;\n\nlet b: = 2;", "3:8"],
  ["interface A {}\nfoo bar", "2:5"],
];

for (const [text, position] of WRONG) {
  const register = /:|interface/.test(text) ? typedTest : Deno.test;
  register(`sourceCode() reports the position of the error in ${JSON.stringify(text)}`, () => {
    const { locate: _, ...code } = sourceCode(text);
    assertEquals(code, { kind: "source", text, position });
  });
}

Deno.test("sourceCode() caches results, and still works after many texts", () => {
  for (let i = 0; i < 1000; i++) assertEquals(sourceCode(`return ${i};`).text, `return ${i};`);
  assertEquals(sourceCode("return 0;"), sourceCode("return 0;"));
});
