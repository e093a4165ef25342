import { assertEquals, assertMatch } from "@std/assert";
import { bundleText } from "./bundle_text.ts";

const URL_OF_IT = "file:///dir/a%20b.ts";
const AsyncFunction = (async () => {}).constructor as unknown as {
  new (...parts: string[]): (...args: unknown[]) => Promise<unknown>;
};

/** The body for a bundle that was made of one file, with the same lines. */
function textOf(text: string, file = () => URL_OF_IT) {
  return bundleText({ text, original: (line, column) => ({ file: file(), line, column }) }, "x:");
}

/** Runs a bundle as it would be run there. */
async function run(bundle: string, ...args: unknown[]): Promise<unknown> {
  const { text } = textOf(bundle);
  return await new AsyncFunction("channel", "args", `"use strict";${text}`)(...args);
}

Deno.test("bundleText() gives the default export", async () => {
  assertEquals(await run("var a = 1;\nexport {\n  b,\n  a as default\n};\nvar b;"), 1);
  assertEquals(await run(`export { sep as default } from "node:path";`), "/");
});

Deno.test("bundleText() gives nothing where there is no default export", async () => {
  assertEquals(await run("var a = 1;\nexport {\n  a\n};"), undefined);
});

Deno.test("bundleText() binds channel and args, unless the bundle declares them", async () => {
  const bundle = "var a = [typeof channel, args]; export { a as default };";
  assertEquals(await run(bundle, {}, 2), ["object", 2]);
  assertEquals(await run(`const channel = 1, args = 3; ${bundle}`, {}, 2), ["number", 3]);
  assertEquals(await run(`import { sep as args } from "node:path"; ${bundle}`, {}, 2), [
    "object",
    "/",
  ]);
});

Deno.test("bundleText() runs the imports of what is exported again", async () => {
  const module = (n: number) => `data:text/javascript,(globalThis.ran ??= []).push(${n})`;
  await run(`export * from "${module(1)}"; export {} from "${module(2)}";`);
  assertEquals(Reflect.get(globalThis, "ran"), [1, 2]);
  Reflect.deleteProperty(globalThis, "ran");
});

Deno.test("bundleText() has an import.meta for each file that it was made of", async () => {
  const files = ["file:///a.ts", "file:///b.ts"];
  const { text } = textOf(
    "var one = import.meta.url, two = [one, import.meta.filename]; export { two as default };",
    () => files.shift() ?? "",
  );
  assertEquals(await new AsyncFunction("channel", "args", text)(), ["file:///a.ts", "/b.ts"]);
});

Deno.test("bundleText() leaves lines and columns, but for the first line's front", () => {
  const bundle = `import a from "node:path"; var b = a;
var run = () => { import.meta.url; throw new Error("here"); };
export {
  run as default
};`;
  const { text, locate } = textOf(bundle);
  const lines = text.split("\n");
  for (const [i, mark] of ["var b", "throw"].entries()) {
    const column = bundle.split("\n")[i].indexOf(mark) + 1;
    const found = locate(i + 1, lines[i].indexOf(mark) + 1);
    assertEquals(found, { file: URL_OF_IT, line: i + 1, column });
  }
  assertMatch(lines.at(-1) ?? "", /^return /);
});
