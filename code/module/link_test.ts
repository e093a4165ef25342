import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { readGraph } from "./graph.ts";
import { typedTest } from "../../tests/support/needs.ts";
import { link, type Linked } from "./link.ts";

type Files = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

/** Where the files of these tests seem to be. */
const ROOT = "file:///virtual/";
const AsyncFunction = (async () => {}).constructor as unknown as {
  new (...parts: string[]): (...args: unknown[]) => Promise<unknown>;
};

/** Links the graph of `main.ts`. */
function linked(files: Files): Linked {
  const reading = readGraph(new URL("main.ts", ROOT));
  let step = reading.next();
  while (!step.done) {
    const { kind, url } = step.value;
    assertEquals(kind, "bytes", `${url} is for Deno alone`);
    const content = files[decodeURIComponent(url.href.slice(ROOT.length))];
    step = content === undefined
      ? reading.throw(new Deno.errors.NotFound(`no ${url}`))
      : reading.next(typeof content === "string" ? new TextEncoder().encode(content) : content);
  }
  assertEquals(step.value.unknown, undefined);
  return link(step.value);
}

/** Runs `main.ts` as it would be run there; its default export. */
async function run(files: Files, ...args: unknown[]): Promise<unknown> {
  return await new AsyncFunction("channel", "args", `"use strict";${linked(files).text}`)(...args);
}

const GRAPHS: readonly [sentence: string, files: Files, main: unknown][] = [
  [
    "binds imports live",
    {
      "main.ts": `import { count, increase } from "./a.ts"; import * as all from "./a.ts";
        const before = count; increase(); export default [before, count, all.count];`,
      "a.ts": "export let count = 1; export function increase() { count += 1; }",
    },
    [1, 2, 2],
  ],
  [
    "gives functions of a circle before they are evaluated",
    {
      "main.ts":
        `import { b } from "./b.ts"; export function a() { return "a"; } export default b;`,
      "b.ts": `import { a } from "./main.ts"; export const b = a() + "b";`,
    },
    "ab",
  ],
  [
    "evaluates each file once, after what it imports, in the order of the imports",
    {
      "main.ts": `import "./b.ts"; import "./c.ts"; import { log } from "./log.ts";
        log.push("main"); export default log;`,
      "b.ts": `import { log } from "./log.ts"; import "./d.ts"; log.push("b");`,
      "c.ts": `import "./d.ts"; import { log } from "./log.ts"; await 0; log.push("c");`,
      "d.ts": `import { log } from "./log.ts"; await 0; log.push("d");`,
      "log.ts": "export const log: string[] = [];",
    },
    ["d", "b", "c", "main"],
  ],
  [
    "exports again what it imports",
    {
      "main.ts":
        `import d, { one, uno, all, two } from "./b.ts"; export default [d, one, uno, all.one, two];`,
      "b.ts": `import { one as eins } from "./a.ts"; export { eins as one, eins as uno };
        export * as all from "./a.ts"; export { default } from "./a.ts"; export * from "./c.ts";`,
      "a.ts": `export const one = 1; export default "default";`,
      "c.ts": `export const two = 2, one = "hidden";`,
    },
    ["default", 1, 1, 1, 2],
  ],
  [
    "leaves out of export * what two files have, and no name that leads to one",
    {
      "main.ts": `import * as all from "./b.ts"; export default Object.keys(all);`,
      "b.ts": `export * from "./c.ts"; export * from "./d.ts"; export const own = 1;`,
      "c.ts":
        `export const c = 1, both = 1, own = 2; export { x } from "./e.ts"; export default 1;`,
      "d.ts": `export const d = 1, both = 1; export * from "./e.ts"; export * from "./b.ts";`,
      "e.ts": "export const x = 1;",
    },
    ["c", "d", "own", "x"],
  ],
  [
    "exports what it declares in a pattern",
    {
      "main.ts": `import { a, b, c, d } from "./a.ts"; export default [a, b, c, d];`,
      "a.ts": `export const { a, x: [b, ...c], ...d } = { a: 1, x: [2, 3], y: 4 };`,
    },
    [1, 2, [3], { y: 4 }],
  ],
  [
    "calls what it imports without this",
    {
      "main.ts": `import { who, tag } from "./a.ts"; import * as all from "./a.ts";
        export default [who(), tag\`x\`, who?.(), all.who() === all, new who() instanceof who];`,
      "a.ts":
        `export function who() { return this; } export const tag = function () { return this; };`,
    },
    [undefined, undefined, undefined, true, true],
  ],
  [
    "calls what it imports in a line behind one without a semicolon",
    {
      "main.ts": `import { add, all } from "./a.ts"
        const one = 1
        add(one)
        if (one) add(2)
        else add(3)
        for (const x of [4]) add(x)
        export default all`,
      "a.ts": `export const all = [], add = (n) => all.push(n);`,
    },
    [1, 2, 4],
  ],
  [
    "names what it imports in an object, and shadows it",
    {
      "main.ts": `import { a } from "./a.ts"; const inner = (a) => ({ a });
        export default [{ a }, { b: a, [a]: 1 }, inner(2), (() => { const a = 3; return { a }; })()];`,
      "a.ts": "export const a = 1;",
    },
    [{ a: 1 }, { b: 1, 1: 1 }, { a: 2 }, { a: 3 }],
  ],
  [
    "names default exports that have no name",
    {
      "main.ts":
        `import a from "./a.ts"; import b from "./b.ts"; import c from "./c.ts"; import d from "./d.ts";
        export default [a.name, b.name, c.name, d.name, a(), b(), new c().x];`,
      "a.ts": `export default () => 1`,
      "b.ts": `export default function () { return 2; }`,
      "c.ts": `export default class { x = 3; }`,
      "d.ts": `export /* a */ default // b
        async function* named() {}; export const x = 1;`,
    },
    ["default", "default", "default", "named", 1, 2, 3],
  ],
  [
    "imports JSON, text and bytes, and one file in two ways",
    {
      "main.ts": `import data from "./a.json" with { type: "json" };
        import text from "./a.json" with { type: "text" };
        import bytes from "./b.bin" with { type: "bytes" };
        import same from "./a.json" with { type: "json" };
        export default [data, text, bytes, data === same, (await import("./c.txt", { with: { type: "text" } })).default];`,
      "a.json": `{ "__proto__": 1, "a": "\u2028" }`,
      "b.bin": Uint8Array.of(0, 128, 255),
      "c.txt": "\uFEFFline\r\n`${}\\",
    },
    [
      JSON.parse(`{ "__proto__": 1, "a": "\u2028" }`),
      `{ "__proto__": 1, "a": "\u2028" }`,
      Uint8Array.of(0, 128, 255),
      true,
      "line\r\n`${}\\",
    ],
  ],
  [
    "imports dynamically: once, when it is asked",
    {
      "main.ts": `const log = (globalThis as any).linkLog = []; log.push("main");
        const [a, b] = await Promise.all([import("./a.ts"), import("./a.ts")]);
        export default [log, a === b, a.default, (await import("node:path")).basename("/a/b")];
        delete (globalThis as any).linkLog;`,
      "a.ts": `import "./b.ts"; await 0; linkLog.push("a"); export default 1;`,
      "b.ts": `linkLog.push("b");`,
    },
    [["main", "b", "a"], true, 1, "b"],
  ],
  [
    "imports what only running it can tell, if it was brought",
    {
      "main.ts": `import "./lib/a.ts"; const name = "a";
        export default [(await import(\`./lib/\${name}.ts\`)).a, (await import("node:" + "path")).sep];`,
      "lib/a.ts": "export const a = 1;",
    },
    [1, "/"],
  ],
  [
    "defers import defer until a name is read",
    {
      "main.ts": `import defer * as late from "./late.ts"; import { log } from "./log.ts";
        log.push("main"); late.then; log.push(late.value); export default log;`,
      "late.ts": `import { log } from "./log.ts"; log.push("late"); export const value = "value";`,
      "log.ts": "export const log: string[] = [];",
    },
    ["main", "late", "value"],
  ],
  [
    "does not defer what awaits",
    {
      "main.ts": `import defer * as late from "./late.ts"; export default late.value;`,
      "late.ts": `export const value = await Promise.resolve(1);`,
    },
    1,
  ],
  [
    "leaves out imports that only types use",
    {
      "main.ts": `import { Shape } from "./types.ts"; import type { Other } from "./none.ts";
        import { type Area, side } from "./types.ts";
        const shape: Shape = { side }; export default shape satisfies Shape | Other | Area;`,
      "types.ts":
        `export interface Shape { side: number } export type Area = number; export const side = 2;`,
    },
    { side: 2 },
  ],
  [
    "has enums, namespaces, parameter properties and casts",
    {
      "main.ts": `import { Color } from "./a.ts"; namespace N { export const one = <number> 1; }
        class P { constructor(readonly x: number) {} } export default [Color.Blue, N.one, new P(3).x];`,
      "a.ts": "export enum Color { Red, Blue }",
    },
    [1, 1, 3],
  ],
  [
    "takes a line #! and a name of the runtime",
    {
      "main.ts":
        `#!/usr/bin/env -S deno run\nimport { $m } from "./a.ts"; const $m_0 = 1; export default $m + $m_0;`,
      "a.ts": "#!x\nexport const $m = 1;",
    },
    2,
  ],
  [
    "has import.meta of each file",
    {
      "main.ts": `import { url } from "./lib/a.ts"; const meta = import.meta;
        export default [url, meta.url, meta === import.meta, meta.main, meta.filename, meta.dirname,
          meta.resolve("./x.ts"), meta.resolve("npm:a"), meta.resolve("/x")];`,
      "lib/a.ts": "export const { url } = import.meta;",
    },
    [
      `${ROOT}lib/a.ts`,
      `${ROOT}main.ts`,
      true,
      false,
      "/virtual/main.ts",
      "/virtual",
      `${ROOT}x.ts`,
      "npm:a",
      "file:///x",
    ],
  ],
  [
    "exports strings as names, and __proto__",
    {
      "main.ts": `import { "a b" as ab, __proto__ as p } from "./a.ts"; export default [ab, p];`,
      "a.ts": `const x = 1; export { x as "a b", x as __proto__ };`,
    },
    [1, 1],
  ],
];

for (const [sentence, files, main] of GRAPHS) {
  typedTest(`link() ${sentence}`, async () => {
    assertEquals(await run(files), main);
  });
}

typedTest("link() binds channel and args, unless a file declares them", async () => {
  const files = {
    "main.ts":
      `import { there } from "./a.ts"; const channel = "mine"; export default [channel, args, there];`,
    "a.ts": "export const there = typeof channel;",
  };
  assertEquals(await run(files, {}, 2), ["mine", 2, "object"]);
});

typedTest("link() gives nothing where there is no default export", async () => {
  assertEquals(await run({ "main.ts": "export const a = 1; export {};" }), undefined);
});

typedTest("link() runs a graph anew each time", async () => {
  const { text } = linked({ "main.ts": "const made = {}; export default made;" });
  const [one, two] = [await new AsyncFunction(text)(), await new AsyncFunction(text)()];
  assertEquals(one === two, false);
});

typedTest(
  "link() keeps imported names read-only, and throws for those without a value",
  async () => {
    const files = (text: string) => ({
      "main.ts": `import { a, read } from "./a.ts"; export let own = 1; ${text}`,
      "a.ts": `import { own } from "./main.ts"; export const a = 1; export const read = () => own;`,
    });
    await assertRejects(() => run(files("a = 2;")), TypeError);
    const early = `import { own } from "./main.ts"; export const a = own, read = a;`;
    await assertRejects(() => run({ ...files("read();"), "a.ts": early }), ReferenceError, "own");
  },
);

typedTest("link() fails again where a file has failed", async () => {
  const main = await run({
    "main.ts":
      `const tries = []; for (let i = 0; i < 2; i++) await import("./a.ts").catch((e) => tries.push(e));
      export default tries;`,
    "a.ts": `import "./b.ts";`,
    "b.ts": `throw new Error("b");`,
  }) as Error[];
  assertEquals(main.length, 2);
  assertEquals(main[0], main[1]);
});

const WRONG: readonly [sentence: string, files: Files, message: string][] = [
  [
    "a name that a file does not export",
    { "main.ts": `import {\n  a } from "./a.ts"; a;`, "a.ts": "export const b = 1;" },
    `${ROOT}a.ts has no export "a", imported at ${ROOT}main.ts:2:3`,
  ],
  [
    "a name that a file does not export again",
    { "main.ts": `import "./a.ts";`, "a.ts": `export { c } from "./b.ts";`, "b.ts": "" },
    `${ROOT}b.ts has no export "c", imported at ${ROOT}a.ts:1:10`,
  ],
  [
    "a name that two files export",
    {
      "main.ts": `import { a } from "./a.ts"; a;`,
      "a.ts": `export * from "./b.ts"; export * from "./c.ts";`,
      "b.ts": "export const a = 1;",
      "c.ts": "export const a = 1;",
    },
    `has two exports "a"`,
  ],
  ["a file that is missing", { "main.ts": `\nimport "./a.ts";` }, `imported at ${ROOT}main.ts:2:1`],
  ["a name that is unknown", { "main.ts": `import "a";` }, `"a" at ${ROOT}main.ts:1:1`],
  [
    "JSON that is none",
    { "main.ts": `import a from "./a.json" with { type: "json" }; a;`, "a.json": "{" },
    `${ROOT}a.json is no JSON`,
  ],
  [
    "a mistake in JavaScript",
    { "main.ts": `import "./a.js";`, "a.js": "let a;\nlet b: number;" },
    `${ROOT}a.js:2:6`,
  ],
];

for (const [sentence, files, message] of WRONG) {
  typedTest(`link() names ${sentence}, and where`, () => {
    assertInstanceOf(assertThrows(() => linked(files), Error, message), Error);
  });
}

typedTest("link() has the gateway check names of modules that are not there to read", async () => {
  const files = {
    "main.ts": `import { basenam } from "./a.ts"; export default basenam;`,
    "a.ts": `export * from "node:path";`,
  };
  await assertRejects(() => run(files), SyntaxError, `imported at ${ROOT}main.ts:1:10`);
  const right = { ...files, "main.ts": files["main.ts"].replaceAll("basenam", "basename") };
  assertEquals(await run(right), (await import("node:path")).basename);
});

typedTest("link() leads from each line and column to the file", () => {
  const files = {
    "main.ts": `#!x
import { add } from "./lib/add.ts";
interface A {}
  add(1); add(2); const mark = add;`,
    "lib/add.ts":
      `enum E { A }\n\nexport const add = (n: number) => { throw new Error(E.A + "mark" + n); };`,
  };
  const { text, locate } = linked(files);
  const lines = text.split("\n");
  for (const [file, mark] of [["main.ts", "const mark"], ["lib/add.ts", "new Error("]]) {
    const line = lines.findIndex((line) => line.includes(mark));
    const written = files[file as keyof typeof files].split("\n");
    const from = written.findIndex((line) => line.includes(mark));
    assertEquals(locate(line + 1, lines[line].indexOf(mark) + 1), {
      file: ROOT + file,
      line: from + 1,
      column: written[from].indexOf(mark) + 1,
    });
  }
  assertEquals(locate(1, 1), null);
});
