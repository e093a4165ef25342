import { assertEquals, assertLess } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { MAX_FRAME_BYTES } from "./constants.ts";
import { ItemCodec } from "./items.ts";

const codec = new ItemCodec();

type AnyError = Error & Record<string, unknown>;

/** Returns what arrives of a thrown value. */
function thrown(value: unknown): AnyError {
  const bytes = codec.encodeError(value);
  assert(bytes.length <= MAX_FRAME_BYTES, `${bytes.length} bytes`);
  const error = codec.decode(bytes);
  assert(error instanceof Error);
  return error as AnyError;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

Deno.test("encodeError() keeps an error that can be sent as it is", () => {
  const error = Object.assign(new RangeError("m", { cause: [1n] }), { code: "E1" });
  assertEquals(codec.encodeError(error), codec.encode(error).slice());
});

Deno.test("encodeError() leaves out properties that cannot be sent, at any depth", () => {
  const error = Object.assign(new Error("m", { cause: new Error("c", { cause: () => {} }) }), {
    good: 1,
    bad: Symbol("s"),
    gone: revoked(),
    config: { url: "u", run() {}, list: [1, () => {}, new WeakMap()] },
  });
  const { message, good, config, cause, ...rest } = thrown(error);
  assertEquals([message, good, "bad" in rest, "gone" in rest], ["m", 1, false, false]);
  assertEquals(config, { url: "u", list: [1, "[function (anonymous)]", "[class WeakMap]"] });
  assert(cause instanceof Error);
  assertEquals([cause.message, "cause" in cause], ["c", false]);
});

Deno.test("encodeError() returns an error for any thrown value", () => {
  const unreadable = Object.defineProperty(new Error("m"), "message", {
    get() {
      throw new Error("no message for you");
    },
  });
  const values = [null, {}, Symbol("s"), () => {}, Object.create(null), 10n, [new Error("m")]];
  for (const value of [...values, unreadable, undefined]) thrown(value);
  assertEquals(thrown("text").message, "text");
});

Deno.test("encodeError() cuts long texts, with a mark", () => {
  const long = "ä".repeat(MAX_FRAME_BYTES);
  for (const text of [long, "x" + "\u{1f600}".repeat(MAX_FRAME_BYTES), "\ud800".repeat(70_000)]) {
    const { message } = thrown(new Error(text));
    assert(message.endsWith(`… (${text.length} characters)`), message.slice(-40));
    assert(message.length > 4000 && text.startsWith(message.slice(0, 4000)));
  }
  const named = new Error("m");
  named.name = long;
  assertEquals(thrown(named).message, "m");
});

Deno.test("encodeError() cuts the largest parts first", () => {
  const body = "x".repeat(70_000);
  const details = { status: 500, code: "E_HTTP", headers: new Map([["a", "b"]]) };
  const error = thrown(Object.assign(new Error("HTTP 500"), { body, ...details }));
  const { status, code, headers } = error;
  assertEquals({ status, code, headers }, details);
  assert(typeof error.body === "string" && error.body.length > 50_000);
  assert(error.body.endsWith("… (70000 characters)"));
  const bytes = thrown(Object.assign(new Error("m"), { bytes: new Uint8Array(1e6), code: 1 }));
  assertEquals([bytes.bytes, bytes.code], ["[class Uint8Array]", 1]);
});

Deno.test("encodeError() keeps the number of an AggregateError's errors", () => {
  for (const count of [100, 800, 5_000, 200_000]) {
    const errors = Array.from({ length: count }, (_, i) => new TypeError(`host ${i} is silent`));
    const error = thrown(new AggregateError(errors, "all failed"));
    assert(error instanceof AggregateError);
    assertEquals([error.message, error.errors.length], ["all failed", count]);
    assert(error.errors[99] instanceof TypeError);
    assertEquals(error.errors[99].message, "host 99 is silent");
  }
});

Deno.test("encodeError() says how much it cut of a collection", () => {
  const list = Array.from({ length: 100_000 }, (_, i) => i);
  const error = thrown(Object.assign(new Error("m"), {
    list,
    set: new Set(list),
    map: new Map(list.map((i) => [i, i])),
    object: Object.fromEntries(list.map((i) => [`key${i}`, i])),
  }));
  const { set, map, object } = error as unknown as {
    set: Set<unknown>;
    map: Map<unknown, unknown>;
    object: Record<string, unknown>;
  };
  assertEquals((error.list as unknown[]).length, list.length);
  assertEquals([...set].at(-1), `… (${list.length - set.size + 1} more)`);
  assertEquals(map.get("…"), `${list.length - map.size + 1} more`);
  assertEquals(object["…"], `${list.length - Object.keys(object).length + 1} more`);
});

/** Errors and objects that lead to themselves, or to others, in ways that grow without bounds. */
function tangled(): Record<string, unknown> {
  const cycle = new Error("loop");
  Object.assign(cycle, { self: cycle, cause: cycle });
  const object: Record<string, unknown> = {};
  object.a = object.b = object;
  let chain = new Error("first");
  for (let i = 0; i < 5000; i++) chain = new Error(`link ${i}`, { cause: chain });
  let errors = new Error("leaf");
  let objects: unknown = { leaf: 1 };
  for (let i = 0; i < 60; i++) {
    errors = Object.assign(new Error(`level ${i}`), { a: errors, b: errors });
    objects = { a: objects, b: objects };
  }
  return { cycle, object, chain, errors, objects };
}

Deno.test("encodeError() takes a bounded time for what leads to itself in several ways", () => {
  for (const [what, value] of Object.entries(tangled())) {
    const start = performance.now();
    const error = thrown(Object.assign(new Error("outer", { cause: value }), { code: 7 }));
    assertLess(performance.now() - start, 5_000, what);
    assertEquals([error.message, error.code], ["outer", 7]);
    assert("cause" in error, what);
  }
  const { cycle, chain } = tangled();
  const { self, cause } = thrown(cycle);
  assertEquals([self, cause], ["[Circular]", "[Circular]"]);
  assertEquals([thrown(chain).message, (thrown(chain).cause as Error).message], [
    "link 4999",
    "link 4998",
  ]);
});
