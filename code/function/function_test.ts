import { assertEquals, assertThrows } from "@std/assert";
import { type CapturedName, ImpureFunctionError } from "../../errors.ts";
import { functionText } from "./function.ts";

type AnyFunction = (...args: never[]) => unknown;

/** Makes a function of its text, past the TypeScript compiler, in a scope that has `outer`. */
function make(text: string): AnyFunction {
  return new Function("outer", `return ${text}`)("outside");
}

/** The method of an object literal. */
function method(text: string): AnyFunction {
  const members = Object.values(make(`({ ${text} })`) as unknown as Record<string, AnyFunction>);
  return members[0];
}

/** An arrow within the method of a class that has a private name `#x`. */
function inClass(text: string): AnyFunction {
  return (make(`new (class { #x = 1; m() { return ${text}; } })().m()`)) as AnyFunction;
}

/** An arrow within the method of an object. */
function inMethod(text: string): AnyFunction {
  return make(`({ m() { return ${text}; } }).m()`) as AnyFunction;
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
  ["shorthand methods and getters of its own", make("() => ({ m() { return 1; } }).m()"), [], 1],
  [
    "what the methods of its own objects inherit",
    make("() => ({ toString() { return super.toString(); } }).toString()"),
    [],
    "[object Object]",
  ],
  [
    "private names of its own",
    make("() => { class A { #x = 1; static has(a) { return #x in a; } } return A.has(new A()); }"),
    [],
    true,
  ],
  ["parameters named channel and args", make("(channel, args) => [channel, args]"), [1, 2], [1, 2]],
  ["defaults that use earlier parameters", make("(a, b = a + 1) => b"), [1], 2],
  ["a name that is bound and used in a pattern", make("({ a: { b: [c] } }) => c"), [{
    a: { b: [3] },
  }], 3],
  ["new.target", make("function () { return new.target; }"), [], undefined],
  ["names in regular expressions", make("() => /outer/.source"), [], "outer"],
  [
    "what it assigns to its own parameter",
    make("(outer) => { outer += 1; return outer; }"),
    [1],
    2,
  ],
  [
    "its own name where that hides another",
    make("function outer() { return typeof outer; }"),
    [],
    "function",
  ],
  ["a comment at the end", make("() => 1 // done"), [], 1],
];

for (const [sentence, fn, args, result] of PURE) {
  Deno.test(`functionText() accepts ${sentence}`, () => {
    const again = new Function(`"use strict"; return (${functionText(fn)}\n)`)();
    assertEquals(again(...args), result);
  });
}

for (const text of ["async () => 1", "async function () { return 1; }"]) {
  Deno.test(`functionText() accepts ${text}`, async () => {
    assertEquals(await new Function(`return (${functionText(make(text))})`)()(), 1);
  });
}

Deno.test("functionText() accepts generators, async methods and the like", async () => {
  const load = (fn: AnyFunction) => new Function(`return (${functionText(fn)})`)();
  assertEquals([...load(method("*count() { yield 1; yield 2; }"))()], [1, 2]);
  assertEquals(await Array.fromAsync(load(method("async *count() { yield 1; }"))()), [1]);
  assertEquals(await load(method("async one() { return await 1; }"))(), 1);
  assertEquals([...load(make("function* () { yield* [1, 2]; }"))()], [1, 2]);
});

Deno.test("functionText() returns the same text again", () => {
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
  [make("() => class extends outer { [this] = this; static { this.x; } }"), [
    { name: "outer", line: 1, column: 21 },
    { name: "this", line: 1, column: 30 },
  ]],
  [make("(channel) => args"), [{ name: "args", line: 1, column: 14 }]],
  [make("(a, b = () => [a, outer]) => b"), [{ name: "outer", line: 1, column: 19 }]],
  [make("() => { { let outer; } return outer; }"), [{ name: "outer", line: 1, column: 31 }]],
  [make("async () => { for await (const x of outer) this.x = x; }"), [
    { name: "outer", line: 1, column: 37 },
    { name: "this", line: 1, column: 44 },
  ]],
  [make("() => arguments.length"), [{ name: "arguments", line: 1, column: 7 }]],
  [inMethod("() => super.x + this.y + outer"), [
    { name: "super", line: 1, column: 7 },
    { name: "this", line: 1, column: 17 },
    { name: "outer", line: 1, column: 26 },
  ]],
  [inClass("(a) => a.#x"), [{ name: "#x", line: 1, column: 10 }]],
];

for (const [fn, captured] of CAPTURING) {
  Deno.test(`functionText() names what ${fn} captures`, () => {
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

Deno.test("functionText() refuses a name that code has put on globalThis", () => {
  Object.defineProperty(globalThis, "polluted", { value: 1, configurable: true });
  try {
    const error = assertThrows(() => functionText(make("() => polluted")), ImpureFunctionError);
    assertEquals((error as ImpureFunctionError).captured[0].name, "polluted");
  } finally {
    Reflect.deleteProperty(globalThis, "polluted");
  }
});

Deno.test("functionText() recognizes a helper that a tool inserted", () => {
  for (const name of ["__name", "cov_1x2y", "_ts_decorate"]) {
    assertThrows(
      () => functionText(make(`() => ${name}(1)`)),
      ImpureFunctionError,
      `${name} looks like a helper`,
    );
  }
});

Deno.test("functionText() says in its error what to do", () => {
  assertThrows(() => functionText(make("() => outer")), ImpureFunctionError, "Pass it in args");
});

Deno.test("functionText() says that channel and args are parameters", () => {
  const message = "channel and args are parameters here: (channel, args) => …";
  assertThrows(() => functionText(make("() => channel.send(1)")), ImpureFunctionError, message);
});

Deno.test("functionText() accepts a function whose name is not a string", () => {
  assertEquals(
    functionText(Object.defineProperty(make("() => 1"), "name", { value: 3 })),
    "() => 1",
  );
  const job = Object.assign(make("() => 1"), { toString: () => "forged" });
  assertEquals(functionText(job), "() => 1");
});

Deno.test("functionText() refuses the same function again", () => {
  const fn = make("() => outer");
  for (let i = 0; i < 2; i++) assertThrows(() => functionText(fn), ImpureFunctionError, "outer");
});

const WITHOUT_TEXT: readonly [sentence: string, fn: AnyFunction, message: string][] = [
  ["native functions", Math.max as AnyFunction, "native"],
  ["bound functions", make("function () {}").bind(null) as AnyFunction, "bound"],
  ["classes", make("class Job {}"), `"Job": it is a class`],
  [
    "getters",
    Object.getOwnPropertyDescriptor(make("({ get a() { return 1; } })"), "a")?.get as AnyFunction,
    "accessor",
  ],
  [
    "proxies",
    new Proxy(make("() => 1"), {}) as AnyFunction,
    "native",
  ],
  ["methods with a computed name from outside", method("[outer]() { return 1; }"), "outer"],
];

for (const [sentence, fn, message] of WITHOUT_TEXT) {
  Deno.test(`functionText() refuses ${sentence}`, () => {
    assertThrows(() => functionText(fn), ImpureFunctionError, message);
  });
}
