import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { moduleText } from "./text.ts";

const URL_OF_IT = "file:///dir/a%20b.ts";
const urlAt = () => URL_OF_IT;
const AsyncFunction = (async () => {}).constructor as unknown as {
  new (...parts: string[]): (...args: unknown[]) => Promise<unknown>;
};

/** Runs a script as a gateway does. */
async function run(script: string, ...args: unknown[]): Promise<unknown> {
  const { text } = moduleText(script, urlAt);
  return await new AsyncFunction("channel", "args", `"use strict";${text}`)(...args);
}

const FUNCTIONS: readonly [sentence: string, script: string][] = [
  ["a named function", "export default function work(n) { return n + 1; }"],
  ["a function without a name", "export default function (n) { return n + 1; }\n(0, 1);"],
  ["an arrow", "export default (n) => n + 1"],
  ["an async arrow without a space", "export default(async (n) => await n + 1);"],
  [
    "a function declared elsewhere",
    "function work(n) { return n + 1; }\nexport { work as default };",
  ],
  ["a function, beside other exports", "export const one = 1;\nexport default (n) => n + one;"],
  ["a function on a line of its own", "export default\nfunction (n) { return n + 1; }"],
  [
    "what another module exports",
    `export { half as default } from "data:text/javascript,export const half = (n) => n %2b 1";`,
  ],
];

for (const [sentence, script] of FUNCTIONS) {
  Deno.test(`moduleText() returns the default export: ${sentence}`, async () => {
    const main = await run(script) as (n: number) => unknown;
    assertEquals(await main(1), 2);
  });
}

Deno.test("moduleText() returns undefined if there is no default export", async () => {
  assertEquals(await run("export const a = 1; export {}; export function b() {}"), undefined);
});

Deno.test("moduleText() binds channel and args, unless the module declares them", async () => {
  const script = "export default [typeof channel, args];";
  assertEquals(await run(script, {}, 2), ["object", 2]);
  assertEquals(await run(`const channel = 1, args = 3; ${script}`, {}, 2), ["number", 3]);
  assertEquals(await run(`import { sep as args } from "node:path"; ${script}`, {}, 2), [
    "object",
    "/",
  ]);
});

Deno.test("moduleText() runs the imports of re-exports", async () => {
  const module = (n: number) => `data:text/javascript,(globalThis.ran ??= []).push(${n})`;
  await run(`export * from "${module(1)}"; export {} from "${module(2)}";`);
  assertEquals(Reflect.get(globalThis, "ran"), [1, 2]);
  Reflect.deleteProperty(globalThis, "ran");
});

Deno.test("moduleText() gives the file its import.meta, which is not main", async () => {
  const script = `export default [import.meta.url, import.meta.main, import.meta.filename,
    import.meta.dirname, import.meta.resolve("./c.ts")];`;
  assertEquals(await run(script), [
    URL_OF_IT,
    false,
    "/dir/a b.ts",
    "/dir",
    "file:///dir/c.ts",
  ]);
});

Deno.test("moduleText() has an import.meta for each file of a bundle", async () => {
  const script = "const one = import.meta.url;\nexport default [one, import.meta.url];";
  const { text } = moduleText(script, (line, column) => `file:///${line}/${column}`);
  assertEquals(await new AsyncFunction("channel", "args", text)(), [
    "file:///1/13",
    "file:///2/22",
  ]);
});

Deno.test("moduleText() keeps lines and columns, except on the first line", () => {
  const script = `import a from "node:path";
export {
  b,
};
const b = 1; export default async () => { import.meta.url; throw new Error("here"); };
  export function c() { throw b; }`;
  const { text, prelude } = moduleText(script, urlAt);
  const lines = text.slice(prelude.length).split("\n");
  for (const [i, line] of script.split("\n").entries()) {
    for (const mark of ["throw", "= 1", "function"]) {
      assertEquals(lines[i].indexOf(mark), line.indexOf(mark), `${mark} of line ${i + 1}`);
    }
  }
  assertMatch(lines.at(-1) ?? "", /^return /);
});

Deno.test("moduleText() reports the position of a syntax error", () => {
  assertThrows(() => moduleText("const a = 1;\nlet b = = 2;", urlAt), SyntaxError, "at 2:9");
});
