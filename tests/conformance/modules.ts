import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ModuleError, RemoteError, TimeoutError } from "../../errors.ts";
import { assert } from "../support/assert.ts";
import { scratch } from "../support/files.ts";
import { type Behaviour, idle } from "./behaviour.ts";

/** Modules that send one item, and that item; `main.ts` is the entry. */
const MODULES: readonly [sentence: string, files: Record<string, string>, sends: unknown][] = [
  [
    "with a default export is called with channel and args",
    { "main.ts": `export default async (channel: any, n: number) => await channel.send(n + 1);` },
    42,
  ],
  [
    "without one runs its top level, with channel and args bound",
    {
      "main.ts": `declare const channel: any, args: number;
        if (typeof channel !== "undefined") await channel.send(args + 1);`,
    },
    42,
  ],
  [
    "with an async generator sends what it yields",
    { "main.ts": `export default async function* (_: unknown, n: number) { yield n * 2; }` },
    82,
  ],
  [
    "may have an enum, and import from node:",
    {
      "main.ts": `import { basename } from "node:path";
        enum Color { Red, Green }
        export default (channel: any) => channel.send([basename("/a/b"), Color.Green]);`,
    },
    ["b", 1],
  ],
  [
    "may declare channel and args itself",
    {
      "main.ts": `const channel = "mine", args = 1;
        export default (there: any) => there.send([channel, args]);`,
    },
    ["mine", 1],
  ],
  [
    "brings what it imports, in circles too",
    {
      "main.ts": `import { even } from "./lib/even.ts";
        export default (channel: any, n: number) => channel.send(even(n));`,
      "lib/even.ts": `import { odd } from "./odd.ts";
        export function even(n: number): boolean { return n === 0 || odd(n - 1); }`,
      "lib/odd.ts": `import { even } from "./even.ts";
        export function odd(n: number): boolean { return n !== 0 && even(n - 1); }`,
    },
    false,
  ],
  [
    "brings JSON, text, enums of others, and what it imports dynamically",
    {
      "main.ts": `import data from "./data.json" with { type: "json" };
        import text from "./text.txt" with { type: "text" };
        import { Color } from "./color.ts";
        export default async (channel: any) => {
          const { late } = await import("./late.js");
          await channel.send([data.a, text, Color.Blue, late]);
        };`,
      "data.json": `{ "a": [1, 2] }`,
      "text.txt": "line\n",
      "color.ts": `export enum Color { Red = 1, Blue }`,
      "late.js": `export const late = "late";`,
    },
    [[1, 2], "line\n", 2, "late"],
  ],
  [
    "brings what the nearest deno.json names",
    {
      "src/main.ts": `import { a } from "#lib/a.ts";
        import { b } from "b";
        export default (channel: any) => channel.send([a, b]);`,
      "lib/a.ts": `import { b } from "b"; export const a = "a" + b;`,
      "b.ts": `export const b = "b";`,
      "deno.jsonc": `{ // names\n  "imports": { "#lib/": "./lib/", "b": "./b.ts", }, }`,
    },
    ["ab", "b"],
  ],
  [
    "brings npm packages",
    {
      "main.ts": `import { parse } from "npm:acorn@^8";
        import { encode } from "pack";
        export default (channel: any) => channel.send([parse("1", { ecmaVersion: 6 }).type, encode(1)]);`,
      "deno.json": `{ "imports": { "pack": "npm:@msgpack/msgpack@^3" } }`,
    },
    ["Program", Uint8Array.of(1)],
  ],
  [
    "has import.meta of its own in each file, and is never main",
    {
      "main.ts": `import { url } from "./b.ts";
        export default (channel: any) => channel.send([
          import.meta.url.split("/").at(-1), url.split("/").at(-1),
          import.meta.main, import.meta.filename!.startsWith("/"),
        ]);`,
      "b.ts": `export const url = import.meta.url;`,
    },
    ["main.ts", "b.ts", false, true],
  ],
  [
    "sees channel in what it imports",
    {
      "main.ts": `import "./b.ts";`,
      "b.ts": `declare const channel: any; await channel.send(typeof channel);`,
    },
    "object",
  ],
];

/** `remoteExec(url)`. */
export function moduleTests(behaves: Behaviour): void {
  for (const [sentence, files, sends] of MODULES) {
    behaves(`a module ${sentence}`, async (gw) => {
      await using dir = await scratch(files);
      const main = "src/main.ts" in files ? "src/main.ts" : "main.ts";
      assertEquals(await Array.fromAsync(gw.remoteExec(dir.url(main), 41)), [sends]);
    }, ["modules"]);
  }

  behaves("the files of a module may be removed right after the call", async (gw) => {
    await using dir = await scratch({
      "main.ts": `import { b } from "./b.ts"; export default (channel: any) => channel.send(b);`,
      "b.ts": `export const b = "still here";`,
      "alone.ts": `export default (channel: any) => channel.send("alone");`,
    });
    const channels = [gw.remoteExec(dir.url("main.ts")), gw.remoteExec(dir.url("alone.ts"))];
    dir.remove();
    assertEquals(await channels[0].receive(), "still here");
    assertEquals(await channels[1].receive(), "alone");
  }, ["modules"]);

  behaves("items sent while a module is being built keep their order", async (gw) => {
    await using dir = await scratch({
      "main.ts": `import { plus } from "./b.ts";
        export default async (channel: any) => {
          for await (const n of channel) await channel.send(plus(n));
        };`,
      "b.ts": `export const plus = (n: number): number => n + 1;`,
    });
    const channel = gw.remoteExec(dir.url("main.ts"));
    for (let i = 0; i < 100; i++) channel.send(i);
    channel.closeSend();
    assertEquals(await Array.fromAsync(channel), Array.from({ length: 100 }, (_, i) => i + 1));
  }, ["modules"]);

  behaves("a module is read again when one of its files has changed", async (gw) => {
    await using dir = await scratch({
      "main.ts": `import { b } from "./b.ts"; export default (channel: any) => channel.send(b);`,
      "b.ts": `export const b = 1;`,
    });
    const run = () => gw.remoteExec(dir.url("main.ts")).receive();
    assertEquals(await Promise.all([run(), run()]), [1, 1]);
    assertEquals(await run(), 1);
    dir.write({ "b.ts": `export const b = 2;` });
    assertEquals(await run(), 2);
  }, ["modules"]);

  behaves("each execution of a module runs it anew", async (gw) => {
    await using dir = await scratch({
      "main.ts": `let count = 0; export default (channel: any) => channel.send(++count);`,
    });
    for (let i = 0; i < 2; i++) {
      assertEquals(await gw.remoteExec(dir.url("main.ts")).receive(), 1);
    }
  }, ["modules"]);

  behaves("a module that cannot be sent closes its channel with the reason", async (gw) => {
    await using dir = await scratch({
      "wrong.ts": "const a = 1;\nlet b = = 2;\n",
      "imports_missing.ts": `import "./missing.ts";`,
      "imports_wrong.ts": `import "./wrong.ts";`,
      "imports_name.ts": `import "no-such-name";`,
    });
    const cases: [file: string, says: RegExp][] = [
      ["nowhere.ts", /nowhere\.ts: NotFound/],
      ["wrong.ts", /2:9/],
      ["imports_missing.ts", /missing\.ts/],
      ["imports_wrong.ts", /wrong\.ts:2:9/],
      ["imports_name.ts", /no-such-name/],
    ];
    for (const [file, says] of cases) {
      const channel = gw.remoteExec(dir.url(file));
      const error = await assertRejects(() => channel.receive(), ModuleError);
      assertMatch(error.message, says);
      assert(!error.message.includes("execnet-"), error.message);
      await assertRejects(() => channel.waitClose(), ModuleError);
    }
    assertEquals(await gw.remoteStatus(), idle(gw));
  }, ["modules"]);

  behaves.shared("a module whose channel is closed while it is built never runs", async (gw) => {
    await using dir = await scratch({
      "main.ts": `import "./b.ts";
        export default (_: any, { report, by }: any) => report.send(by);`,
      "b.ts": "class Slow { accessor n = 1; }", // Deno makes a script of it
    });
    const report = gw.newChannel();
    const channel = gw.remoteExec(dir.url("main.ts"), { report, by: "closed" });
    const after = gw.remoteExec(dir.url("main.ts"), { report, by: "after" });
    channel.close();
    await channel.waitClose();
    await after.waitClose();
    assertEquals((await gw.remoteStatus()).executing, []);
    assertEquals(await report.receive(), "after");
    await assertRejects(() => report.receive({ timeout: 0 }), TimeoutError);
  }, ["modules"]);

  behaves("a module with another scheme is imported by the gateway", async (gw) => {
    const module = "export default async (channel, n) => await channel.send(n + 1);";
    const channel = gw.remoteExec(new URL(`data:text/javascript,${encodeURIComponent(module)}`), 1);
    assertEquals(await channel.receive(), 2);
    await channel.waitClose();
  });

  behaves(
    "a module of another URL finds its channel and args, and others find none",
    async (gw) => {
      const source = `await channel.receive();
      setTimeout(() => channel.send(args + 1));
      await new Promise((resolve) => setTimeout(resolve));
      export default async function* () { yield args + 2; yield args + 3; }`;
      const channels = [10, 20].map((n) => {
        const dependency = `data:text/javascript,channel.send(args); // ${n}`;
        const module = `import ${JSON.stringify(dependency)}; ${source} // ${n}`;
        return gw.remoteExec(new URL(`data:text/javascript,${encodeURIComponent(module)}`), n);
      });
      const started = await Promise.all(channels.map((channel) => channel.receive()));
      assertEquals(started, [10, 20]);
      const types = await gw.call(() =>
        ["channel", "args"].map((name) => new Function(`return typeof ${name}`)())
      );
      assertEquals(types, ["undefined", "undefined"]);
      for (const channel of channels.toReversed()) await channel.send(0);
      const rest = await Promise.all(channels.map((channel) => Array.fromAsync(channel)));
      assertEquals(rest, [[11, 12, 13], [21, 22, 23]]);
    },
  );

  behaves("a module that the gateway may not import is refused by the gateway", async (gw) => {
    if (gw.remote.pid === Deno.pid) return; // this process has the permission
    const channel = gw.remoteExec(new URL("https://no-such-host.invalid/m.ts"));
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertMatch(error.message, /import/);
  });

  behaves("remoteExec() refuses at once a URL whose scheme modules cannot have", (gw) => {
    assertThrows(() => gw.remoteExec(new URL("mailto:a@b")), TypeError, "mailto:");
    return Promise.resolve();
  });
}
