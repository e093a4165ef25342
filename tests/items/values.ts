/** Values of all kinds, in rows of a table: those of a row meet the same fate. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { runInNewContext } from "node:vm";
import * as namespace from "../support/lines.ts";

/** Values by what they are. */
export type Row = readonly [title: string, values: readonly unknown[]];

const repeats = (part: string) => [1, 31, 32, 41, 255, 256, 65_536].map((n) => part.repeat(n));
const define = <T extends object>(object: T, key: PropertyKey, property: PropertyDescriptor): T =>
  Object.defineProperty(object, key, property);

function nested(levels: number): unknown {
  let item: unknown = {};
  for (let i = 1; i < levels; i++) item = i % 2 === 0 ? { item } : [item];
  return item;
}

function cycles(): object[] {
  const object: Record<string, unknown> = {};
  object.self = object;
  const list: unknown[] = [];
  list.push({ list });
  const map = new Map<string, unknown>();
  map.set("self", map);
  const set = new Set<unknown>();
  set.add([set]);
  return [object, list, map, set];
}

function cyclicError(): Error {
  const error = new Error("loop");
  error.cause = error;
  return error;
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  buffer.transfer();
  return buffer;
}

function lastIndex(): RegExp {
  const expression = /a/g;
  expression.lastIndex = 3;
  return expression;
}

function parameters(..._: unknown[]): IArguments {
  return arguments;
}

/** Returns the rows. The values are new each time, because some can be used once. */
export function rows(): Row[] {
  return [
    ["`undefined`, `null`, booleans", [undefined, null, true, false]],
    ["numbers, also `-0`, `NaN` and infinities", numbers()],
    ["bigints", [0n, 1n, -1n, 255n, -256n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, 7n ** 3000n]],
    ["strings of any characters, also lone surrogates", strings()],
    ["`Number`, `String`, `Boolean` and `BigInt` objects", [1, NaN, "a", true, 1n].map(Object)],
    ["symbols", [Symbol(), Symbol("s"), Symbol.for("s"), Symbol.iterator]],
    ["functions and classes", functions()],
    ["arrays", arrays()],
    ["arrays with holes", [[,], [1, , 3], [, undefined], new Array(5), new Array(2 ** 32 - 1)]],
    ["arrays with named properties, such as matches of a `RegExp`", namedArrays()],
    ["plain objects", plainObjects()],
    ["objects without a prototype", [Object.create(null), nullObject({ a: 1, b: [2] })]],
    ["objects and arrays of another realm", [runInNewContext("({ a: [1] })")]],
    ["objects and arrays with getters", [computed(), [computed()], define([], 0, getter(7))]],
    ["frozen objects and arrays", [Object.freeze({ a: 1 }), Object.freeze([1])]],
    ["objects with properties that are not enumerable", [
      define({ a: 1 }, "hidden", { value: 1 }),
      define([1], "hidden", { value: 1 }),
      define({ a: 1 }, Symbol("hidden"), { value: 1 }),
    ]],
    ["objects and arrays with symbol keys", [
      { [Symbol("s")]: 1 },
      { a: [{ [Symbol.for("kind")]: "x", b: 1 }] },
      Object.assign([1], { [Symbol.for("kind")]: "x" }),
    ]],
    ["`Date`", [0, -1, 1_700_000_000_123, 8.64e15, -8.64e15, NaN].map((ms) => new Date(ms))],
    ["`RegExp`", [
      /a/,
      /a[/]b\n(?<name>ä)/dgimsuy,
      /\p{Emoji}/v,
      /(?:)/,
      new RegExp("\ud800"),
    ]],
    ["`RegExp` with a `lastIndex`", [lastIndex()]],
    ["`Map` and `Set`", collections()],
    ["`Map`, `Set`, `Date`, `RegExp` with own properties", [
      ...[new Map([[1, 2]]), new Set([1]), new Date(0), /a/].map((object) =>
        Object.assign(object, { limit: 1 })
      ),
    ]],
    ["instances of subclasses of `Array`, `Map`, `Set`, `Date`, `RegExp`", subclasses()],
    ["instances of subclasses of typed arrays", [new (class extends Uint8Array {})(2)]],
    ["instances of other classes", instances()],
    ["objects with a prototype that is an object", [Object.create({ a: 1 }), Object.create([])]],
    ["`Error` and those of the language, with `cause`", errors()],
    ["`AggregateError`", [new AggregateError([new TypeError("a"), 7], "m")]],
    ["errors with own properties", [Object.assign(new TypeError("m"), { code: "E1", at: [1] })]],
    ["instances of subclasses of `Error`", [new TableError("m"), named("TableError")]],
    [
      "`DOMException`",
      ["AbortError", "DataCloneError", "Other"].map((name) => new DOMException("m", name)),
    ],
    ["errors that lead back to themselves", [cyclicError()]],
    ["`ArrayBuffer`", [0, 1, 3, 70_000].map((length) => new ArrayBuffer(length))],
    ["typed arrays and `DataView`", views()],
    ["views of a part of a buffer", [
      new Uint8Array(new ArrayBuffer(8), 2, 3),
      new Float64Array(new ArrayBuffer(32), 8, 2),
      new DataView(new ArrayBuffer(8), 1, 4),
    ]],
    ["`Buffer` of Node", [Buffer.from(new ArrayBuffer(3))]],
    ["`ArrayBuffer` that can be resized", [new ArrayBuffer(1, { maxByteLength: 8 })]],
    ["`ArrayBuffer` that is detached", [detached()]],
    ["`SharedArrayBuffer`, and views of one", [
      new SharedArrayBuffer(2),
      new Int32Array(new SharedArrayBuffer(4)),
      new Uint8Array(new SharedArrayBuffer(4)),
      new DataView(new SharedArrayBuffer(4)),
    ]],
    ["`URL`", [new URL("https://user:pw@example.org:8080/a%20b?q=ä#top"), new URL("data:,")]],
    ["`Blob` and `File`", [new Blob(["a"]), new File(["a"], "b")]],
    ["`WebAssembly.Module`", [new WebAssembly.Module(EMPTY_MODULE)]],
    ["streams, requests and other objects of the web", webObjects()],
    ["promises, weak references, iterators, `Intl`, `Temporal`", languageObjects()],
    ["objects of Node, such as hashes", [createHash("md5")]],
    ["`Math`, `JSON`", [Math, JSON]],
    ["modules, `arguments`", [namespace, parameters(1)]],
    ["`Proxy` of an object or array", [new Proxy({ a: 1 }, {}), new Proxy([1], {})]],
    ["the same object twice", [twice({ a: 1 }), twice([1]), twice(new Map())]],
    ["cycles", cycles()],
    ["1,000 levels", [nested(1000)]],
    ["1,001 levels and more", [nested(1001)]],
  ];
}

const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const WIDTHS = [7, 8, 15, 16, 31, 32, 52, 53, 64];

function numbers(): number[] {
  const powers = WIDTHS.flatMap((
    bits,
  ) => [2 ** bits - 1, 2 ** bits, -(2 ** bits), -(2 ** bits) - 1]);
  const { EPSILON, MAX_VALUE, MIN_VALUE } = Number;
  return [
    0,
    -0,
    0.1,
    -1.5,
    NaN,
    Infinity,
    -Infinity,
    EPSILON,
    MAX_VALUE,
    MIN_VALUE,
    -32,
    ...powers,
  ];
}

function strings(): string[] {
  const widths = ["x", "ä", "€", "\u{1f600}", "\ud800", "\udc00"].flatMap(repeats);
  const marks = repeats("x").flatMap((text) => [`\ufeff${text}`, `${text}\ud800`, `\udc00${text}`]);
  return ["", "\0\u001f\u2028", "e\u0301", "\ufffd", "\ufeff", "\ufffe", ...widths, ...marks];
}

function functions(): unknown[] {
  const method = { run() {} }.run;
  return [() => 1, function named() {}, async () => {}, function* () {}, method, class A {}, Map];
}

function arrays(): unknown[][] {
  const lengths = [0, 1, 15, 16, 65_535, 65_536].map((length) => new Array(length).fill(1));
  return [...lengths, [undefined, null, undefined], [[[]], {}, [1n, "a", -0]], [new Date(0)]];
}

function namedArrays(): unknown[] {
  const match = "2026-11".match(/(\d+)-(\d+)/);
  const long = Array.from({ length: 1000 }, (_, i) => i);
  const keys = { unit: "mm", "-1": 0, "01": 1, "1.5": 2, "": 3, "__proto__x": [4] };
  return [match, "a".match(/b?/), [match], Object.assign([1, 2], keys), Object.assign(long, keys)];
}

function plainObjects(): object[] {
  const keys = [
    "",
    " ",
    "a.b",
    "ä",
    "0",
    "constructor",
    "toString",
    "\ud800",
    "\ufeff",
    "x".repeat(300),
  ];
  const many = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
  const each = keys.map((key) => ({ [key]: [key] }));
  const proto = JSON.parse(`{"__proto__": {"admin": true}, "a": {"__proto__": 1}}`);
  return [{}, { a: undefined, b: null, c: { d: [{}] } }, many, proto, ...each];
}

function nullObject(properties: object): object {
  return Object.assign(Object.create(null), properties);
}

function getter(value: unknown): PropertyDescriptor {
  return { get: () => value, enumerable: true };
}

function computed(): object {
  return define({ a: 1 }, "b", getter([1n]));
}

function collections(): unknown[] {
  const keys = [1, "1", -1, NaN, null, undefined, "__proto__", 3n];
  return [
    ...[new Map(), new Map<unknown, unknown>(keys.map((key) => [key, [key]]))],
    ...[new Set(), new Set(keys), new Map([[{ k: 1 }, new Set([new Map([[[1], 2]])])]])],
  ];
}

function subclasses(): unknown[] {
  return [
    new (class Points extends Array<number> {})(),
    (class Points extends Array<number> {}).from([1, 2]),
    new (class Cache extends Map<string, number> {})([["a", 1]]),
    new (class Tags extends Set<string> {})(["a"]),
    new (class Day extends Date {})(0),
    new (class Pattern extends RegExp {})("a"),
  ];
}

function instances(): unknown[] {
  class Point {
    x = 1;
  }
  class Counter {
    #count = 0;
    next = this.#count + 1;
  }
  return [new Point(), [new Point()], { at: new Point() }, new (class {})(), new Counter()];
}

function errors(): Error[] {
  const classes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  const cause = new TypeError("inner", { cause: { code: 7n } });
  const plain = classes.map((Class) => new Class("m"));
  return [...plain, new Error(""), new Error("ä\ud800"), new RangeError("outer", { cause })];
}

class TableError extends Error {
  override name = "TableError";
  table = "users";
}

function named(name: string): Error {
  const error = new (class extends Error {})("m");
  return define(error, "name", { value: name });
}

function views(): ArrayBufferView[] {
  const names = ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32", "Float16"];
  const bits = [...names, "Float32", "Float64", "BigInt64", "BigUint64"];
  const classes = bits.map((name) => Reflect.get(globalThis, `${name}Array`)).filter(Boolean);
  const made = classes.flatMap((Class) => [0, 1, 5, 300].map((length) => new Class(length)));
  return [...made, new DataView(new ArrayBuffer(0)), new DataView(new ArrayBuffer(3))];
}

function webObjects(): unknown[] {
  return [
    ...[new Headers(), new FormData(), new URLSearchParams("a=b"), new Request("data:,")],
    ...[new Response("a"), new ReadableStream(), new WritableStream(), new AbortController()],
    ...[new AbortController().signal, new Event("a"), new EventTarget(), new TextEncoder()],
  ];
}

function languageObjects(): unknown[] {
  const iterators = [[1].values(), new Map().entries(), "a".matchAll(/a/g), (function* () {})()];
  const weak = [new WeakMap(), new WeakSet(), new WeakRef({}), new FinalizationRegistry(() => {})];
  const Temporal = Reflect.get(globalThis, "Temporal");
  const dates = Temporal === undefined ? [] : [Temporal.Instant.fromEpochMilliseconds(0)];
  return [Promise.resolve(1), ...weak, ...iterators, new Intl.NumberFormat(), ...dates];
}

function twice(shared: object): unknown {
  return [shared, { shared }];
}
