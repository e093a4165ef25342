import { assertEquals, assertThrows } from "@std/assert";
import { type CapturedName, ImpureFunctionError } from "../errors.ts";
import { functionText } from "./function.ts";

type AnyFunction = (...args: never[]) => unknown;

/** A function from its text, which the TypeScript compiler does not touch; `outer` is around it. */
function make(text: string): AnyFunction {
  return new Function("outer", `return ${text}`)("outside");
}

/** The method of an object literal. */
function method(text: string): AnyFunction {
  const members = Object.values(make(`({ ${text} })`) as unknown as Record<string, AnyFunction>);
  return members[0];
}

const PURE: readonly [sentence: string, fn: AnyFunction, args: unknown[], result: unknown][] = [
  ["an arrow", make("(a, b) => a + b"), [1, 2], 3],
  ["an arrow with one bare parameter", make("a => ({ a })"), [1], { a: 1 }],
  ["a function", make("function (a) { return a * 2; }"), [2], 4],
  ["a function that calls itself", make("function f(n) { return n && n + f(n - 1); }"), [3], 6],
  ["a method", method("half(a) { return a / 2; }"), [4], 2],
  ["a method with a computed name", method(`["a b"](a) { return a; }`), [4], 4],
  ["a method with the name of a keyword", method("new(a) { return a; }"), [4], 4],
  ["a method called get, async or static", method("get(a) { return a; }"), [4], 4],
  ["defaults and destructuring", make("({ a = 1, ...rest } = {}, [b] = [2]) => a + b"), [], 3],
  ["closures of its own", make("(a) => { const add = (b) => a + b; return add(1); }"), [1], 2],
  [
    "a class of its own, with this",
    make("() => new (class { x = 1; get() { return this.x; } })().get()"),
    [],
    1,
  ],
  [
    "this of a function within",
    make("() => (function () { return typeof this; }).call(5)"),
    [],
    "number",
  ],
  [
    "globals",
    make("() => typeof Deno + typeof Math.max + typeof fetch"),
    [],
    "objectfunctionfunction",
  ],
  ["arguments", make("function () { return arguments.length; }"), [1, 2], 2],
  [
    "labels, catch and loops",
    make(
      "(n) => { out: for (const i of [1, 2]) { try { throw i; } catch (e) { if (e === n) break out; } } return n; }",
    ),
    [2],
    2,
  ],
  ["hoisted names", make("() => { return f(); function f() { return v ?? 1; } var v; }"), [], 1],
  ["names in strings and comments", make("() => { /* outer */ return 'outer'; }"), [], "outer"],
  ["properties named as something outside", make("(a) => a.outer"), [{ outer: 1 }], 1],
  ["a comment at the end", make("() => 1 // done"), [], 1],
];

for (const [sentence, fn, args, result] of PURE) {
  Deno.test(`functionText() takes ${sentence}`, () => {
    const again = new Function(`"use strict"; return (${functionText(fn)}\n)`)();
    assertEquals(again(...args), result);
  });
}

for (const text of ["async () => 1", "async function () { return 1; }"]) {
  Deno.test(`functionText() takes ${text}`, async () => {
    assertEquals(await new Function(`return (${functionText(make(text))})`)()(), 1);
  });
}

Deno.test("functionText() takes generators, async methods and their like", async () => {
  const load = (fn: AnyFunction) => new Function(`return (${functionText(fn)})`)();
  assertEquals([...load(method("*count() { yield 1; yield 2; }"))()], [1, 2]);
  assertEquals(await Array.fromAsync(load(method("async *count() { yield 1; }"))()), [1]);
  assertEquals(await load(method("async one() { return await 1; }"))(), 1);
  assertEquals([...load(make("function* () { yield* [1, 2]; }"))()], [1, 2]);
});

Deno.test("functionText() gives the same text again", () => {
  const fn = make("() => 1");
  assertEquals(functionText(fn), functionText(fn));
});

const CAPTURING: readonly [fn: AnyFunction, captured: CapturedName[]][] = [
  [make("() => outer"), [{ name: "outer", line: 1, column: 7 }]],
  [make("() => {\n  return outer + 1;\n}"), [{ name: "outer", line: 2, column: 10 }]],
  [make("(a = outer) => a"), [{ name: "outer", line: 1, column: 6 }]],
  [make("() => { outer = 1; }"), [{ name: "outer", line: 1, column: 9 }]],
  [make("() => typeof outer"), [{ name: "outer", line: 1, column: 14 }]],
  [make("() => ({ outer })"), [{ name: "outer", line: 1, column: 10 }]],
  [make("() => `${outer}`"), [{ name: "outer", line: 1, column: 10 }]],
  [make("() => () => outer"), [{ name: "outer", line: 1, column: 13 }]],
  [make("() => noSuchName"), [{ name: "noSuchName", line: 1, column: 7 }]],
  [make("() => {\n  one;\n  two;\n}"), [
    { name: "one", line: 2, column: 3 },
    { name: "two", line: 3, column: 3 },
  ]],
  [make("() => this.x"), [{ name: "this", line: 1, column: 7 }]],
  [make("function () { return this; }"), [{ name: "this", line: 1, column: 22 }]],
  [method("m() {\n  return super.toString();\n}"), [{ name: "super", line: 2, column: 10 }]],
  [method("m() { return outer; }"), [{ name: "outer", line: 1, column: 14 }]],
];

for (const [fn, captured] of CAPTURING) {
  Deno.test(`functionText() names what is outside of ${fn}`, () => {
    const error = assertThrows(() => functionText(fn), ImpureFunctionError);
    assertEquals((error as ImpureFunctionError).captured, captured);
    for (const { name, line, column } of captured) {
      assertEquals(error.message.includes(`${name} (${line}:${column})`), true, error.message);
    }
  });
}

Deno.test("functionText() refuses import.meta", () => {
  const error = assertThrows(() => functionText(() => import.meta.url), ImpureFunctionError);
  assertEquals((error as ImpureFunctionError).captured[0].name, "import.meta");
});

const WITHOUT_TEXT: readonly [sentence: string, fn: AnyFunction, message: string][] = [
  ["native functions", Math.max as AnyFunction, "native"],
  ["bound functions", make("function () {}").bind(null) as AnyFunction, "bound"],
  ["classes", make("class Job {}"), `"Job"`],
  [
    "getters",
    Object.getOwnPropertyDescriptor(make("({ get a() { return 1; } })"), "a")?.get as AnyFunction,
    "accessor",
  ],
  ["methods with a computed name from outside", method("[outer]() { return 1; }"), "outer"],
];

for (const [sentence, fn, message] of WITHOUT_TEXT) {
  Deno.test(`functionText() refuses ${sentence}`, () => {
    assertThrows(() => functionText(fn), ImpureFunctionError, message);
  });
}
