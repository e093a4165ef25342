import { assertEquals, assertFalse, assertGreater, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { ExecnetError, RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** The parts of an error that arrive. */
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

  behaves("RemoteError has the name of a user's error class", async (gw) => {
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

  behaves(
    "an error whose locations are being looked up is not lost with its gateway",
    async (gw) => {
      const channel = gw.remoteExec(() => {
        throw new Error("last words");
      });
      const failed = assertRejects(() => channel.waitClose(), Error, "last words");
      await gw.remoteStatus();
      await gw.terminate();
      await failed;
    },
  );

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

  behaves("an error that leads back to itself arrives with a mark there", async (gw) => {
    const other = gw.remoteExec(`for await (const item of channel) await channel.send(item);`);
    const channel = gw.remoteExec(`
      const error = Object.assign(new Error("request failed"), { status: 503 });
      const last = Object.assign(new Error("try 2", { cause: error }), { request: { error } });
      throw Object.assign(error, { self: error, cause: error, attempts: [last, last] });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError, "request failed");
    const { status, self, cause, attempts } = error as unknown as Record<string, unknown>;
    assertEquals([status, self, cause], [503, "[Circular]", "[Circular]"]);
    const [last] = attempts as (Error & { request: unknown })[];
    assertEquals([last.message, last.cause], ["try 2", "[Circular]"]);
    assertEquals(last.request, { error: "[Circular]" });
    await other.send("still there");
    assertEquals(await other.receive(), "still there");
  });

  behaves("an error that closes a channel arrives with what fits, either way", async (gw) => {
    const closed = gw.newChannel();
    const channel = gw.remoteExec(
      `
      const error = await args.receive().catch((error) => error);
      const { name, message, status, cause, body } = error;
      await channel.send({ name, message, status, cause, end: body.slice(-20), length: body.length });
    `,
      closed,
    );
    const error = Object.assign(new RangeError("near"), { status: 500, body: "x".repeat(1e6) });
    error.cause = { error };
    closed.close(error);
    const { length, ...parts } = await channel.receive() as { length: number };
    assertEquals(parts, {
      name: "RangeError",
      message: "near",
      status: 500,
      cause: { error: "[Circular]" },
      end: "… (1000000 characters)".slice(-20),
    });
    assertGreater(length, 30_000);
    const failing = gw.remoteExec(`
      const fails = async (i) => { throw new TypeError("host " + i + " does not answer"); };
      await Promise.any(Array.from({ length: 3000 }, (_, i) => fails(i)));
    `);
    const { errors } = await assertRejects(() => failing.receive(), RemoteError) as unknown as {
      errors: Error[];
    };
    assertEquals([errors.length, errors[7].message], [3000, "host 7 does not answer"]);
  });

  behaves("an error with parts that cannot be sent arrives without them", async (gw) => {
    const channel = gw.remoteExec(`
      throw Object.assign(new Error("with baggage", { cause: () => 1 }), { socket: () => 2, port: 8 });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError, "with baggage");
    assertEquals(["socket" in error, "port" in error && error.port], [false, 8]);
  });

  behaves("a frozen error arrives, and so does one with its own stack", async (gw) => {
    const frozen = gw.remoteExec(`throw Object.freeze(new Error("cold"))`);
    await assertRejects(() => frozen.receive(), RemoteError, "cold");
    const odd = gw.remoteExec(`throw Object.assign(new Error("odd"), { stack: undefined })`);
    await assertRejects(() => odd.receive(), RemoteError, "odd");
  });

  behaves("an error cannot overwrite the properties of a RemoteError", async (gw) => {
    const channel = gw.remoteExec(`
      throw Object.assign(new Error("sly"), { remoteStack: "forged", toString: "x", __proto__: {} });
    `);
    const error = await assertRejects(() => channel.receive(), RemoteError, "sly");
    assert(error instanceof RemoteError);
    assertFalse(error.remoteStack.includes("forged"));
    assertEquals(typeof error.toString, "function");
  });
}
