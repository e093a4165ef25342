/** Errors as items, and items that cannot be sent. */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { ProtocolError, SerializationError } from "../errors.ts";
import { ItemCodec } from "./items.ts";

const codec = new ItemCodec();

function roundTrip(error: unknown): Error {
  const arrived = codec.decode(codec.encode(error).slice());
  assert(arrived instanceof Error);
  return arrived;
}

Deno.test("ItemCodec keeps the name, message and stack of an Error", () => {
  const error = new Error("ä went wrong");
  const arrived = roundTrip(error);
  assertEquals([arrived.name, arrived.message, arrived.stack], [
    error.name,
    error.message,
    error.stack,
  ]);
  assertEquals(Object.keys(arrived), []);
  assertEquals("cause" in arrived, false);
});

for (const Class of [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
  Deno.test(`ItemCodec keeps the class of a ${Class.name}`, () => {
    const arrived = roundTrip(new Class("m"));
    assertStrictEquals(arrived.constructor, Class);
    assertEquals(arrived.message, "m");
  });
}

Deno.test("ItemCodec turns an error of a user's class into an Error with its name", () => {
  class TableError extends Error {
    override name = "TableError";
    table = "users";
  }
  const arrived = roundTrip(new TableError("no such table"));
  assertStrictEquals(arrived.constructor, Error);
  assertEquals(`${arrived}`, "TableError: no such table");
  assertEquals(Object.entries(arrived), [["table", "users"]]);
});

Deno.test("ItemCodec keeps own data properties and any cause of an error", () => {
  const cause = new TypeError("inner", { cause: { code: 7n } });
  const error = Object.assign(new Error("outer", { cause }), { code: "E1", at: new Date(0) });
  const arrived = roundTrip(error) as typeof error;
  assertEquals([arrived.code, arrived.at], ["E1", new Date(0)]);
  assert(arrived.cause instanceof TypeError);
  assertEquals(arrived.cause.cause, { code: 7n });
  const none = roundTrip(new Error("m", { cause: undefined }));
  assert("cause" in none && none.cause === undefined);
});

Deno.test("ItemCodec keeps the errors of an AggregateError", () => {
  const error = new AggregateError([new TypeError("a"), 7], "both");
  const arrived = roundTrip(error);
  assert(arrived instanceof AggregateError);
  assertEquals(arrived.message, "both");
  assert(arrived.errors[0] instanceof TypeError);
  assertEquals(arrived.errors[1], 7);
  assertEquals(Object.keys(arrived), []);
});

Deno.test("ItemCodec keeps the lone surrogates and the __proto__ property of an error", () => {
  const error = new Error("a\ud800b");
  error.name = "\udc00";
  Object.defineProperty(error, "__proto__", { value: { admin: true }, enumerable: true });
  Object.defineProperty(error, "\ud800", { value: 1, enumerable: true });
  const arrived = roundTrip(error);
  assertEquals([arrived.name, arrived.message], ["\udc00", "a\ud800b"]);
  assertStrictEquals(Object.getPrototypeOf(arrived), Error.prototype);
  assertEquals(Object.getOwnPropertyDescriptor(arrived, "__proto__")?.value, { admin: true });
  assertEquals(Object.getOwnPropertyDescriptor(arrived, "\ud800")?.value, 1);
});

class Socket {}
class Anonymous {
  static readonly made = new (class {})();
}

const detached = new ArrayBuffer(8);
const view = new Uint8Array(detached);
detached.transfer();
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const throwing = {
  get a() {
    throw new Error("the getter threw");
  },
};

const UNSENDABLE: [what: string, item: unknown, message: string][] = [
  ["a class instance", new Socket(), "cannot send item: class Socket"],
  [
    "a class instance, by its path",
    { users: [0, 1, 2, { socket: new Socket() }] },
    "cannot send item.users[3].socket: class Socket",
  ],
  ["an instance of a class without a name", [Anonymous.made], "cannot send item[0]: class"],
  ["a function", { run() {} }, "cannot send item.run: function run"],
  ["a generator", [(function* () {})()], "cannot send item[0]: class Generator"],
  ["a promise", { a: Promise.resolve(1) }, "cannot send item.a: class Promise; await it first"],
  ["an arrow function", [() => {}], "cannot send item[0]: function (anonymous)"],
  ["a class", { Socket }, "cannot send item.Socket: class Socket itself"],
  ["a symbol", { a: Symbol("s") }, "cannot send item.a: Symbol(s)"],
  ["a promise", [Promise.resolve(1)], "cannot send item[0]: class Promise"],
  ["a WeakMap", new WeakMap(), "cannot send item: class WeakMap"],
  ["a WeakSet", new WeakSet(), "cannot send item: class WeakSet"],
  ["a generator", [(function* () {})()], "cannot send item[0]: class Generator"],
  ["a boxed number", { n: Object(1) }, "cannot send item.n: class Number"],
  ["a SharedArrayBuffer", [new SharedArrayBuffer(1)], "cannot send item[0]: class Shared"],
  ["a stream", { s: new ReadableStream() }, "cannot send item.s: class ReadableStream"],
  ["a key that is no identifier", { "a b": Symbol() }, `cannot send item["a b"]: Symbol()`],
  ["a value of a Map", new Map([["k", () => {}]]), `cannot send item.get("k"): function`],
  ["a key of a Map", new Map([[new Socket(), 1]]), "cannot send item.key(#0): class Socket"],
  ["an element of a Set", new Set([1, Symbol("s")]), "cannot send item.element(1): Symbol(s)"],
  ["a property of an error", Object.assign(new Error(), { a: [Symbol()] }), "item.a[0]: Symbol()"],
  ["a cause", new Error("m", { cause: new Socket() }), "cannot send item.cause: class Socket"],
  ["beside __proto__", JSON.parse(`{"__proto__": 1}`, revive), "cannot send item.__proto__"],
  ["a detached ArrayBuffer", { b: detached }, "cannot send item.b"],
  ["a view of it", view, "cannot send item: "],
  ["a revoked proxy", { p: revoked.proxy }, "cannot send item.p"],
  ["a getter that throws", { o: throwing }, "the getter threw"],
];

function revive(key: string, value: unknown): unknown {
  return key === "__proto__" ? new Socket() : value;
}

for (const [what, item, message] of UNSENDABLE) {
  Deno.test(`ItemCodec refuses ${what}, and stays usable`, () => {
    assertThrows(() => codec.encode(item), SerializationError, message);
    assertEquals(codec.decode(codec.encode([1n])), [1n]);
  });
}

Deno.test("ItemCodec calls the item by the given name", () => {
  assertThrows(() => codec.encode([Symbol("s")], "args"), SerializationError, "send args[0]");
});

Deno.test("ItemCodec refuses cycles, and names where they are", () => {
  const object: Record<string, unknown> = {};
  object.self = { object };
  const array: unknown[] = [];
  array.push(array);
  const map = new Map();
  map.set("self", map);
  const set = new Set();
  set.add([set]);
  const two: Record<string, unknown> = { inner: {} };
  Object.assign(two.inner as object, { a: two, b: two });
  const long: Record<string, unknown> = {};
  long.next = Array.from({ length: 200 }).reduce((next) => ({ next }), long);
  const cycles: [item: unknown, message: string][] = [
    [object, "item.self.object: a cycle, back to item"],
    [{ list: array }, "item.list[0]: a cycle, back to item.list"],
    [map, `item.get("self"): a cycle`],
    [set, "item.element(0)[0]: a cycle"],
    [two, "item.inner.a: a cycle, back to item"],
    [{ long }, "….next"],
  ];
  for (const [item, message] of cycles) {
    assertThrows(() => codec.encode(item), SerializationError, message);
    assertThrows(() => codec.encode({ item }), SerializationError, "a cycle, back to item.item");
  }
});

Deno.test("ItemCodec marks where an error leads back to itself, and brings over the rest", () => {
  const error = Object.assign(new Error("loop"), { code: 7 });
  const last = Object.assign(new TypeError("try 2", { cause: error }), { request: { error } });
  error.cause = last;
  Object.assign(error, { self: error, attempts: [last, error] });
  const arrived = roundTrip({ error }.error) as Error & Record<string, unknown>;
  const cause = arrived.cause as Error & Record<string, unknown>;
  assertEquals([arrived.code, arrived.self], [7, "[Circular]"]);
  assertEquals([cause.message, cause.cause, cause.request], [
    "try 2",
    "[Circular]",
    { error: "[Circular]" },
  ]);
  const attempts = arrived.attempts as unknown[];
  assert(attempts[0] instanceof TypeError);
  assertEquals(attempts[1], "[Circular]");
});

const WRAPS: ((inner: unknown) => unknown)[] = [
  (inner) => [inner],
  (inner) => [, inner],
  (inner) => ({ inner }),
  (inner) => new Map([["k", inner]]),
  (inner) => new Map([[inner, "v"]]),
  (inner) => new Set([inner]),
  (cause) => new Error("m", { cause }),
  (inner) => Object.assign(new Error("m"), { inner }),
  (inner) => Object.defineProperty({}, "__proto__", { value: inner, enumerable: true }),
];

Deno.test("ItemCodec accepts every container up to its depth, and no deeper", () => {
  const deeper = new ItemCodec(undefined, 2000);
  for (const wrap of WRAPS) {
    let item: unknown = new Date(0);
    for (let depth = 0; depth < 1000; depth++) item = wrap(item);
    codec.decode(codec.encode(item));
    assertThrows(() => codec.encode(wrap(item)), SerializationError, "deeper than 1000");
    const bytes = deeper.encode(wrap(item));
    assertThrows(() => codec.decode(bytes), ProtocolError, "deeper than 1000");
  }
});

Deno.test("an item that is too deep for the stack is refused, not more", () => {
  const endless = new ItemCodec(undefined, Infinity);
  for (const wrap of WRAPS) {
    let item: unknown = 7;
    for (let depth = 0; depth < 20_000; depth++) item = wrap(item);
    assertThrows(() => endless.encode(item), SerializationError, "call stack");
    assertEquals(endless.decode(endless.encode([1n])), [1n]);
  }
  const lists = new Uint8Array(20_000).fill(0x91);
  lists[lists.length - 1] = 1;
  assertThrows(() => endless.decode(lists), ProtocolError, "call stack");
  assertEquals(endless.decode(endless.encode([1n])), [1n]);
});
