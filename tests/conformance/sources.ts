import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** Sources that send one item, and that item. */
const SOURCES: readonly [sentence: string, source: string, sends: unknown, ...needs: string[]][] = [
  ["may have await at its top level", `await channel.send(await Promise.resolve(1));`, 1],
  ["may return", `await channel.send(1); return; channel.send(2);`, 1],
  [
    "may have types of TypeScript",
    `interface Point { x: number; y?: number }
     type Pair<T> = [T, T];
     const pair: Pair<Point> = [{ x: 1 }, { x: 2 } as Point];
     function sum<T extends Point>(points: readonly T[]): number {
       return points.reduce((total: number, p) => total + p!.x, 0) satisfies number;
     }
     await channel.send(sum(pair));`,
    3,
    "types",
  ],
  [
    "may have what of TypeScript is more than types",
    `enum Color { Red, Green }
     class Point { constructor(readonly x: number) {} }
     await channel.send([Color.Green, Color[0], new Point(4).x]);`,
    [1, "Red", 4],
    "types",
  ],
  [
    "may import statically: names",
    `import { basename, extname as ext } from "node:path";
     await channel.send([basename("/a/b.ts"), ext("/a/b.ts")]);`,
    ["b.ts", ".ts"],
  ],
  [
    "may import statically: default, all, and for the effect",
    `import path, { sep } from "node:path";
     import * as all from "node:path/posix";
     import "node:os";
     await channel.send([path.basename("/a/b"), sep, all.dirname("/a/b")]);`,
    ["b", "/", "/a"],
  ],
  [
    "may import statically: only types",
    `import type { Socket } from "node:net";
     import { type Server, isIP } from "node:net";
     const none: Socket | Server | undefined = undefined;
     await channel.send([isIP("127.0.0.1"), none]);`,
    [4, undefined],
    "types",
  ],
  [
    "may import statically: a data: module",
    `import answer, { half } from "data:text/javascript,export default 42; export const half = 21;";
     await channel.send([answer, half]);`,
    [42, 21],
  ],
  [
    "may import statically: JSON",
    `import settings from "data:application/json,%7B%22a%22:1%7D" with { type: "json" };
     await channel.send(settings);`,
    { a: 1 },
  ],
  [
    "may import after its first statement",
    `const path = "/x/y";
     await channel.send(basename(path));
     import { basename } from "node:path";`,
    "y",
  ],
  [
    "may import dynamically",
    `const { sep } = await import("node:path");
     const { two } = await import("data:text/javascript,export const two = 2");
     await channel.send([sep, two]);`,
    ["/", 2],
  ],
  ["is strict", `await channel.send((function () { return this; })());`, undefined],
  ["may end with a comment", `await channel.send(1); // done`, 1],
  [
    "may speak of imports in strings",
    "await channel.send(`\nimport x from 'y';\n`);",
    "\nimport x from 'y';\n",
  ],
  [
    "may declare what it likes",
    `const value = 1, error = 2; { let value = 3; await channel.send(value + error); }`,
    5,
  ],
];

/** Source text: what is accepted, and how it is refused. */
export function sourceTests(behaves: Behaviour): void {
  for (const [sentence, source, sends, ...needs] of SOURCES) {
    behaves(`source ${sentence}`, async (gw) => {
      assertEquals(await Array.fromAsync(gw.remoteExec(source)), [sends]);
    }, needs);
  }

  behaves("a syntax error is reported with its position", async (gw) => {
    const channel = gw.remoteExec("const a = 1;\nlet b = = 2;\n", undefined, { name: "broken.ts" });
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertEquals(error.name, "SyntaxError");
    assertMatch(error.message, / at broken\.ts:2:9(;|$)/); // an older Deno adds what it cannot do
    assertMatch(error.remoteStack, /broken\.ts:2:9/);
    await assertRejects(() => channel.waitClose(), RemoteError);
  });

  behaves("a syntax error in TypeScript is reported with its line", async (gw) => {
    const channel = gw.remoteExec(
      "interface A { x: number }\nconst a: A = { x: 1 };\n\nfunction f( { return 1; }\n",
      undefined,
      { name: "typed.ts" },
    );
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertEquals(error.name, "SyntaxError");
    assertMatch(error.remoteStack, /typed\.ts:4:/);
  }, ["types"]);

  behaves("source that breaks out of its function is a syntax error", async (gw) => {
    for (const source of ["} {", "}); (async () => {", "`", "("]) {
      const channel = gw.remoteExec(source);
      const error = await assertRejects(() => channel.receive(), RemoteError);
      assertEquals(error.name, "SyntaxError", source);
    }
    assertEquals(await gw.call(() => 1), 1);
  });

  behaves(
    "importing a name that a module does not export is an error, as in a module",
    async (gw) => {
      const channel = gw.remoteExec(`import { basenam } from "node:path"; channel.send(basenam);`);
      await assertRejects(() => channel.receive(), RemoteError, "basenam");
    },
  );

  behaves("importing a module that does not exist is an error", async (gw) => {
    const channel = gw.remoteExec(`import "node:nothing";`);
    await assertRejects(() => channel.receive(), RemoteError, "node:nothing");
  });

  behaves("remoteExec() refuses at once anything but source, a function or a URL", (gw) => {
    const code = 42 as unknown as string;
    assertThrows(() => gw.remoteExec(code), TypeError, "not 42");
    return Promise.resolve();
  });
}
