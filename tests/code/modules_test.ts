/** What modules may be made of, and what is needed to send them. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Gateway, Group, ModuleError, RemoteError } from "../../mod.ts";
import { type Scratch, scratch } from "../support/files.ts";
import { typedTest } from "../support/needs.ts";

/** Runs `main.ts`, or `main.tsx`, and returns the item that it sends. */
async function sent(files: Record<string, string>, spec = "popen"): Promise<unknown> {
  await using dir = await scratch(files);
  await using group = new Group();
  return await receive(await group.makeGateway(spec), dir, files);
}

async function receive(
  gateway: Gateway,
  dir: Scratch,
  files: Record<string, string>,
): Promise<unknown> {
  const main = Object.keys(files).find((name) => name.startsWith("main.")) ?? "";
  return await gateway.remoteExec(dir.url(main)).receive();
}

const TAKEN: readonly [what: string, files: Record<string, string>, sends: unknown][] = [
  [
    "decorators and accessors",
    {
      "main.ts": `import { log, Noted } from "./noted.ts";
const noted = new Noted();
noted.count++;
noted.run();
await channel.send([log, noted.count]);
declare const channel: { send(item: unknown): Promise<void> };`,
      "noted.ts": `export const log: string[] = [];
function note(_: unknown, { kind, name }: ClassMemberDecoratorContext) { log.push(kind + String(name)); }
export class Noted { @note accessor count: number = 1; @note run(): void {} }`,
    },
    [["accessorcount", "methodrun"], 2],
  ],
  [
    "the decorators that its deno.json asks for",
    {
      "main.ts": `const seen: unknown[] = [];
function note(target: unknown, key: string, { value }: PropertyDescriptor) { seen.push(key, typeof value); }
class Noted { @note run(): void {} }
export default (channel: any) => channel.send([seen, typeof Noted]);`,
      "deno.json": `{ "compilerOptions": { "experimentalDecorators": true } }`,
    },
    [["run", "function"], "function"],
  ],
  [
    "JSX",
    {
      "main.tsx": `import { h } from "./h.ts";
import { Title } from "./title.tsx";
export default (channel: any) => channel.send(<p><Title text="a" /></p>);`,
      "title.tsx": `import { h } from "./h.ts";
export const Title = ({ text }: { text: string }) => <h1 class="t">{text}</h1>;`,
      "h.ts": `export function h(tag: any, props: any, ...children: any[]): any {
  return typeof tag === "function" ? tag(props ?? {}) : [tag, props, ...children];
}`,
      "deno.json": `{ "compilerOptions": { "jsx": "react", "jsxFactory": "h" } }`,
    },
    ["p", null, ["h1", { class: "t" }, "a"]],
  ],
  [
    "names of an import map with scopes, in a file of its own",
    {
      "src/main.ts": "",
      "main.ts": `import { a } from "a"; import { b } from "./src/b.ts";
export default (channel: any) => channel.send([a, b]);`,
      "src/b.ts": `import { a } from "a"; export const b = a;`,
      "one.ts": "export const a = 1;",
      "two.ts": "export const a = 2;",
      "deno.json": `{ "importMap": "./maps/map.json" }`,
      "maps/map.json":
        `{ "imports": { "a": "../one.ts" }, "scopes": { "../src/": { "a": "../two.ts" } } }`,
    },
    [1, 2],
  ],
  [
    "relative files of a member of a workspace",
    {
      "main.ts": `import { a } from "./a.ts"; export default (channel: any) => channel.send(a);`,
      "a.ts": "export const a = 1;",
      "deno.json": `{ "workspace": ["./member"] }`,
      "member/deno.json": "{}",
    },
    1,
  ],
  [
    "packages, of which they import the same file once",
    {
      "main.ts": `import { Parser } from "acorn"; import * as all from "npm:acorn@^8";
export default async (channel: any) =>
  channel.send([Parser === all.Parser, Parser === (await import("acorn")).Parser, Parser.name]);`,
      "deno.json": `{ "imports": { "acorn": "npm:acorn@^8" } }`,
    },
    [true, true, "Parser"],
  ],
];

for (const [what, files, sends] of TAKEN) {
  typedTest(`modules take ${what}`, async () => {
    assertEquals(await sent(files), sends);
  });
}

/** A folder of packages, one of which `deno bundle` refuses. */
const PACKAGES = {
  "deno.json": `{ "nodeModulesDir": "manual" }`,
  "package.json": `{ "dependencies": { "fine": "1", "broken": "1" } }`,
  "node_modules/fine/package.json":
    `{ "name": "fine", "version": "1.0.0", "exports": "./index.js", "type": "module" }`,
  "node_modules/fine/index.js": "export const fine = 1; export default import.meta.filename;",
  "node_modules/broken/package.json":
    `{ "name": "broken", "version": "1.0.0", "exports": "./index.js", "type": "module" }`,
  "node_modules/broken/index.js": `export * from "no-such-dependency"; export const broken = 1;`,
};

typedTest(
  "a package that cannot be bundled is imported there, and the error says why and what to grant",
  async () => {
    const main = (name: string) =>
      `import { fine } from "npm:fine@1"; import "npm:${name}@1";
export default (channel: any) => channel.send(fine);`;
    assertEquals(await sent({ ...PACKAGES, "main.ts": main("fine") }), 1);
    const error = await assertRejects(
      () => sent({ ...PACKAGES, "main.ts": main("broken") }),
      RemoteError,
      "it cannot be bundled: deno bundle says",
    );
    assertMatch(error.message, /no-such-dependency/);
    assertMatch(error.message, /add allow-import=registry\.npmjs\.org to the spec of gateway gw0/);
  },
);

typedTest("names that only Deno resolves have it bundle the whole module", async () => {
  const main = `import { fine } from "fine"; import { twice } from "./twice.ts";
export default (channel: any) => channel.send(twice(fine));`;
  const files = {
    ...PACKAGES,
    "main.ts": main,
    "twice.ts": "export const twice = (n: number) => n * 2;",
  };
  assertEquals(await sent(files), 2);
});

const MISTAKES: readonly [what: string, files: Record<string, string>, says: RegExp][] = [
  [
    "TypeScript",
    { "main.ts": `import "./a.ts";`, "a.ts": "interface A {}\n  let a: = 1;" },
    /a\.ts:2:10/,
  ],
  ["JavaScript", { "main.js": "let a;\nlet a;" }, /main\.js:2:5/],
  ["JSX", { "main.tsx": "const a = 1;\nconst b = <p>;" }, /main\.tsx:2:\d+/],
  [
    "a file with decorators",
    { "main.ts": "class A { @(() => {}) run() {} }\n\nlet b: = 1;" },
    /main\.ts:3:8/,
  ],
  [
    "an enum's file",
    { "main.ts": "enum A { B }\nconst a: number = 1;\nlet a = 2;" },
    /main\.ts:3:5/,
  ],
  [
    "JSON",
    { "main.ts": `import a from "./a.json" with { type: "json" }; a;`, "a.json": "{" },
    /a\.json/,
  ],
  ["an import", { "main.ts": `\n  import { b } from "./a.ts"; b;`, "a.ts": "" }, /main\.ts:2:12/],
  ["the path of an import", { "main.ts": `\n  import "./b.ts";` }, /main\.ts:2:3/],
  ["the name of an import", { "main.ts": `\n  import "b";` }, /"b" at .*main\.ts:2:3/],
];

for (const [what, files, says] of MISTAKES) {
  typedTest(`a mistake in ${what} is told with file, line and column`, async () => {
    const error = await assertRejects(() => sent(files), ModuleError);
    assertMatch(error.message, says);
  });
}
