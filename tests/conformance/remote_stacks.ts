import { assertEquals, assertFalse, assertMatch, assertRejects } from "@std/assert";
import { RemoteError } from "../../errors.ts";
import type { Channel } from "../../channel/channel.ts";
import { scratch } from "../support/files.ts";
import type { Behaviour } from "./behaviour.ts";

const THIS_FILE = Deno.readTextFileSync(new URL(import.meta.url));

/** Returns the line and column (from 1) of a text in this file. */
function placeOf(text: string): [line: number, column: number] {
  const before = THIS_FILE.slice(0, THIS_FILE.indexOf(text)).split("\n");
  return [before.length, (before.at(-1) ?? "").length + 1];
}

/** Returns where this file creates the first error with this name. */
function throwOf(message: string): [line: number, column: number] {
  const before = THIS_FILE.slice(0, THIS_FILE.indexOf(message));
  return placeOf(THIS_FILE.slice(before.lastIndexOf("new Error("), before.length + message.length));
}

/** Matches a stack frame in this file. */
function placePattern(line: number, column?: number): RegExp {
  return new RegExp(`remote_stacks\\.ts:${line}:${column ?? "\\d+"}\\b`);
}

/** The stacks of remote errors: the user's files, lines and columns. */
export function remoteStackTests(behaves: Behaviour): void {
  behaves("RemoteError.remoteStack names the user's line and column in source", async (gw) => {
    const channel = gw.remoteExec(
      `// one
interface Two { n: number }
function three(x: Two): never {
  throw new Error("at four, three");
}
three({ n: 1 });`,
      undefined,
      { name: "job.ts" },
    );
    const { remoteStack } = await assertRejects(() => channel.receive(), RemoteError);
    assertMatch(remoteStack, /three \(job\.ts:4:9\)/);
    assertMatch(remoteStack, /job\.ts:6:1\b/);
    assertFalse(remoteStack.includes("execnet:remote"), remoteStack);
  }, ["types"]);

  behaves("RemoteError.remoteStack keeps the lines of source with imports", async (gw) => {
    const channel = gw.remoteExec(
      `import { sep } from "node:path";
import * as all from "node:path";
  undefinedName(sep, all);`,
      undefined,
      { name: "job.ts" },
    );
    const error = await assertRejects(() => channel.receive(), RemoteError, "undefinedName");
    assertEquals(error.name, "ReferenceError");
    assertMatch(error.remoteStack, /job\.ts:3:3/);
  });

  behaves("RemoteError.remoteStack names file, line and column of a function", async (gw) => {
    interface Padding {
      types: "that the compiler takes out, so that lines move";
    }
    const forms = {
      work: async function work(_channel: unknown, _args?: Padding): Promise<never> {
        await Promise.resolve();
        throw new Error("thrown by a function");
      },
      arrow: (): never => {
        const none: Padding | undefined = undefined;
        throw new Error(`thrown by an arrow${none ?? ""}`);
      },
      async method(_channel: unknown): Promise<void> {
        const inner = (n: number): never => {
          throw new Error(`thrown by a method${n}`);
        };
        await inner(1);
      },
      async *generator() {
        yield await Promise.resolve(1);
        throw new Error("thrown by a generator");
      },
    };
    const lines = {
      work: "thrown by a function",
      arrow: "thrown by an arrow",
      method: "thrown by a method",
      generator: "thrown by a generator",
    };
    for (const form of ["work", "arrow", "method", "generator"] as const) {
      const channel = gw.remoteExec(forms[form] as (channel: Channel) => unknown);
      const error = await assertRejects(() => channel.waitClose(), RemoteError);
      const [line, column] = throwOf(lines[form]);
      assertMatch(error.remoteStack, placePattern(line, column), form);
    }
  });

  behaves("RemoteError.remoteStack of a call names the file and line", async (gw) => {
    const failing = await assertRejects(
      () => gw.call((text: string) => JSON.parse(text + "{ of a call"), ""),
      RemoteError,
    );
    const [line] = placeOf(`JSON.parse(text + "{ of a call")`);
    assertMatch(failing.remoteStack, placePattern(line));
  });

  behaves("RemoteError.remoteStack keeps the lines of source with enums", async (gw) => {
    const channel = gw.remoteExec(
      `interface One { n: number }
enum Color { Red, Green }

const color: Color = Color.Green;
  throw new Error(Color[color] as string);`,
      undefined,
      { name: "job.ts" },
    );
    const { remoteStack } = await assertRejects(() => channel.receive(), RemoteError, "Green");
    assertMatch(remoteStack, /\bjob\.ts:5:9$/m);
  }, ["types"]);

  behaves("RemoteError.remoteStack names file, line and column of a module", async (gw) => {
    await using dir = await scratch({
      "alone.ts": `import { sep } from "node:path"; interface A {}
export default function work(): never {
  throw new Error("in a module" + sep);
}`,
      "first.ts": `import { sep } from "node:path"; throw new Error(sep);`,
      "enum.ts": `enum A { B }
interface C {}
export default () => {
  throw new Error(A[A.B]);
};`,
    });
    const places = [["alone.ts", 3, 9], ["first.ts", 1, 40], ["enum.ts", 4, 9]] as const;
    for (const [file, line, column] of places) {
      const channel = gw.remoteExec(dir.url(file));
      const { remoteStack } = await assertRejects(() => channel.receive(), RemoteError);
      assertEquals(remoteStack.includes(`${dir.url(file)}:${line}:${column}`), true, remoteStack);
    }
  }, ["modules"]);

  behaves("RemoteError.remoteStack names each file of a module graph", async (gw) => {
    await using dir = await scratch({
      "main.ts": `import { deep } from "./lib/deep.ts";
interface Padding { n: number }

export default function main(): void {
  deep({ n: 1 } as Padding);
}`,
      "lib/deep.ts": `import type { A } from "./none.ts";
enum E { F }
export function deep(_: object): never {
  throw new RangeError("deep" + E.F, { cause: new Error("its cause") });
}`,
      "lib/none.ts": `export interface A {}`,
    });
    const channel = gw.remoteExec(dir.url("main.ts"));
    const error = await assertRejects(() => channel.receive(), RemoteError, "deep0");
    for (const place of [`${dir.url("lib/deep.ts")}:4:9`, `${dir.url("main.ts")}:5:3`]) {
      assertEquals(error.remoteStack.includes(place), true, error.remoteStack);
    }
    const cause = error.cause as Error;
    assertEquals(cause.stack?.includes(`${dir.url("lib/deep.ts")}:4:47`), true, cause.stack);
  }, ["modules"]);

  behaves(
    "the stacks of causes and of an AggregateError's errors name the user's lines",
    async (gw) => {
      const channel = gw.remoteExec(
        `const inner = new TypeError("inner", { cause: new Error("innermost") });
throw new AggregateError([new Error("one"), inner], "both", { cause: inner });`,
        undefined,
        { name: "job.ts" },
      );
      const error = await assertRejects(() => channel.receive(), RemoteError, "both");
      const { errors } = error as unknown as { errors: Error[] };
      const cause = error.cause as Error;
      for (const { stack } of [cause, cause.cause as Error, errors[0], errors[1]]) {
        assertMatch(String(stack), /^\s+at (async )?job\.ts:[12]:\d+$/m);
        assertFalse(/execnet:|<anonymous>/.test(String(stack)), stack);
      }
    },
  );

  behaves("printing a RemoteError shows the remote frames under the local ones", async (gw) => {
    const channel = gw.remoteExec(`throw new RangeError("far away")`, undefined, { name: "j.ts" });
    const error = await assertRejects(() => channel.receive(), RemoteError);
    const [line] = placeOf(`gw.remoteExec(\`throw new RangeError("far away")\``);
    const [local, remote] = Deno.inspect(error).split(`on the remote side (gateway ${gw.id}):`);
    assertMatch(local, /RangeError.*: far away/);
    assertMatch(local, placePattern(line));
    assertMatch(remote, /^\s+at j\.ts:1:7/m);
    assertEquals(Deno.inspect(error).match(/j\.ts:1:7/g)?.length, 1, "it is shown once");
    const call = () => gw.call(() => Deno.readTextFileSync(1 as never));
    const called = await assertRejects(call, RemoteError);
    const [callLine] = placeOf(`gw.call(() => Deno.readTextFileSync(1 as never))`);
    assertMatch(String(called.stack), placePattern(callLine));
  });
}
