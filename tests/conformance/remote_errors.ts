import { assertEquals, assertFalse, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { ExecnetError, RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** What of an error arrives. */
export function remoteErrorTests(behaves: Behaviour): void {
  behaves("RemoteError has name, message, cause and properties of the original", async (gw) => {
    const channel = gw.remoteExec(`
      const cause = new TypeError("inner");
      throw Object.assign(new RangeError("outer", { cause }), { code: "E_FAR", at: [1, 2n] });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError) as RemoteError & {
      code: string;
      at: unknown[];
    };
    assertEquals([error.name, error.message], ["RangeError", "outer"]);
    assertEquals([error.code, error.at], ["E_FAR", [1, 2n]]);
    assert(error instanceof ExecnetError);
    const cause = error.cause as Error;
    assert(cause instanceof TypeError);
    assertEquals(cause.message, "inner");
  });

  behaves("RemoteError has the name of a class that is not the language's own", async (gw) => {
    const channel = gw.remoteExec(`
      class TableMissing extends Error { name = "TableMissing"; table = "users"; }
      throw new TableMissing("no such table");
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertEquals([error.name, error.message], ["TableMissing", "no such table"]);
    assertEquals("table" in error && error.table, "users");
  });

  behaves("RemoteError has the errors of an AggregateError", async (gw) => {
    const channel = gw.remoteExec(`
      throw new AggregateError([new Error("one"), new TypeError("two")], "both");
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertEquals(error.name, "AggregateError");
    const { errors } = error as unknown as { errors: Error[] };
    assertEquals(errors.map(({ message }) => message), ["one", "two"]);
  });

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
  });

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

  behaves("RemoteError.remoteStack names the line within a function's own text", async (gw) => {
    const channel = gw.remoteExec(async function work() {
      await Promise.resolve();
      throw new Error("at line three");
    });
    const { remoteStack } = await assertRejects(() => channel.receive(), RemoteError);
    assertMatch(remoteStack, /work:3:\d+/);
  });

  behaves("printing a RemoteError shows the remote frames", async (gw) => {
    const channel = gw.remoteExec(`throw new RangeError("far away")`, undefined, { name: "j.ts" });
    const error = await assertRejects(() => channel.receive(), RemoteError);
    assertMatch(String(error.stack), /RangeError: far away[\s\S]*j\.ts:1:7/);
  });

  behaves(
    "values that are thrown, but no errors, arrive as an error with that cause",
    async (gw) => {
      const thrown: [string, unknown, string][] = [
        [`"just text"`, "just text", "just text"],
        [`undefined`, undefined, "undefined"],
        [`{ code: 3 }`, { code: 3 }, "code: 3"],
      ];
      for (const [text, cause, message] of thrown) {
        const channel = gw.remoteExec(`throw ${text}`);
        const error = await assertRejects(() => channel.receive(), RemoteError, message);
        assertEquals(error.cause, cause);
      }
    },
  );

  behaves("an error with parts that cannot travel arrives without them", async (gw) => {
    const channel = gw.remoteExec(`
      throw Object.assign(new Error("with baggage", { cause: () => 1 }), { socket: () => 2, port: 8 });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError, "with baggage");
    assertEquals(["socket" in error, "port" in error && error.port], [false, 8]);
  });

  behaves("a frozen error, and one with a stack of its own, arrive", async (gw) => {
    const frozen = gw.remoteExec(`throw Object.freeze(new Error("cold"))`);
    await assertRejects(() => frozen.receive(), RemoteError, "cold");
    const odd = gw.remoteExec(`throw Object.assign(new Error("odd"), { stack: undefined })`);
    await assertRejects(() => odd.receive(), RemoteError, "odd");
  });

  behaves("an error cannot set what a RemoteError says of itself", async (gw) => {
    const channel = gw.remoteExec(`
      throw Object.assign(new Error("sly"), { remoteStack: "forged", toString: "x", __proto__: {} });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError, "sly");
    assert(error instanceof RemoteError);
    assertFalse(error.remoteStack.includes("forged"));
    assertEquals(typeof error.toString, "function");
  });
}
