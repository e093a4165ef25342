import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SerializationError } from "../errors.ts";
import { assert } from "../tests/support/assert.ts";
import { decode as decodePlain, encode as encodePlain, type ValueType } from "@std/msgpack";
import { ItemCodec } from "./items.ts";

const codec = new ItemCodec();

/** Encodes and decodes an item, from bytes at an odd offset as on a wire. */
function roundTrip(item: unknown): unknown {
  const bytes = codec.encode(item);
  const wire = new Uint8Array(bytes.length + 3);
  wire.set(bytes, 3);
  return codec.decode(wire.subarray(3));
}

const ITEMS: Record<string, unknown> = {
  "undefined": undefined,
  "null": null,
  "true": true,
  "false": false,
  "zero": 0,
  "negative zero": -0,
  "NaN": NaN,
  "infinity": Infinity,
  "negative infinity": -Infinity,
  "integers at each width": [
    ...[127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 64],
    ...[-1, -32, -33, -128, -129, -32_768, -32_769, -(2 ** 31), -(2 ** 31) - 1, 1 - 2 ** 53],
  ],
  "fractions": [0.1, -1.5, Number.MIN_VALUE, Number.MAX_VALUE, Number.EPSILON],
  "bigints": [0n, 1n, -1n, 2n ** 63n, -(2n ** 64n), 255n, -256n],
  "a bigint of a million bits": 7n ** 350_000n,
  "an empty string": "",
  "strings at each width": [31, 32, 255, 256, 65_535, 65_536].map((size) => "é".repeat(size)),
  "strings of any script": ["ä€😀", "\0\u001f", "\u2028", "e\u0301"],
  "a lone surrogate": "a\ud800b",
  "lone surrogates only": "\udfff\ud800",
  "a byte order mark": "\ufeff",
  "a long string that begins with a byte order mark": "\ufeff" + "x".repeat(1000),
  "a date": new Date(1_700_000_000_123),
  "a date before 1970": new Date(-1),
  "an invalid date": new Date(NaN),
  "a regular expression": /a[/]b\n(?<name>ä)/giu,
  "an empty regular expression": new RegExp(""),
  "a regular expression with a lone surrogate": new RegExp("\ud800"),
  "a URL": new URL("https://user:pw@example.org:8080/a%20b?q=ä#top"),
  "an empty array": [],
  "arrays at each width": [15, 16, 65_535, 65_536].map((size) => new Array(size).fill(1)),
  "an array with undefined": [undefined, 1, undefined],
  "an empty object": {},
  "an object of undefined": { a: undefined, b: null },
  "an object of many keys": Object.fromEntries(
    Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]),
  ),
  "keys of any kind": { "": 1, " ": 2, "a.b": 3, "ä": 4, "0": 5, "constructor": 6, "toString": 7 },
  "keys with lone surrogates": Object.fromEntries([["\ud800", 1], ["\udc00", { a: -0 }]]),
  "a key with a byte order mark": { ["\ufeff" + "k".repeat(300)]: 1 },
  "a map": new Map<unknown, unknown>([["a", 1], [2, "b"], [null, undefined], [{ k: 1 }, [3n]]]),
  "a map with __proto__": new Map([["__proto__", { __proto__: null }]]),
  "a set": new Set<unknown>([1, "1", -0, NaN, undefined, [1]]),
  "maps in sets in maps": new Map([["a", new Set([new Map([[new Set([1]), 2]])])]]),
  "an array buffer": Uint8Array.of(1, 2, 3).buffer,
  "an empty array buffer": new ArrayBuffer(0),
  "an empty Uint8Array": new Uint8Array(),
  "Uint8Arrays at each width": [255, 256, 65_535, 65_536].map((size) => new Uint8Array(size)),
  "everything, nested": {
    list: [{ when: new Date(0), at: [1n, undefined, new Map([[-0, [new Set([/x/])]]])] }],
    bytes: new Map([["b", [Uint8Array.of(1), { deep: Uint16Array.of(2) }]]]),
  },
};

for (const [what, item] of Object.entries(ITEMS)) {
  Deno.test(`ItemCodec keeps ${what}`, () => assertEquals(roundTrip(item), item));
}

Deno.test("ItemCodec keeps a large Uint8Array, alone and inside an object", () => {
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 13);
  for (const [arrived] of [[roundTrip(bytes)], roundTrip([bytes]) as unknown[]]) {
    assert(arrived instanceof Uint8Array && arrived.length === bytes.length);
    assert(arrived.every((byte, i) => byte === bytes[i]));
  }
});

Deno.test("ItemCodec keeps the sign of zero everywhere", () => {
  const [a, { b }, map] = roundTrip([-0, { b: -0 }, new Map([[1, -0]])]) as [
    number,
    { b: number },
    Map<number, number>,
  ];
  for (const zero of [roundTrip(-0), a, b, map.get(1)]) assertStrictEquals(zero, -0);
  assertStrictEquals(roundTrip(0), 0);
});

Deno.test("ItemCodec keeps the flags of a RegExp and the order of a Map", () => {
  assertStrictEquals((roundTrip(/x/dgimsuy) as RegExp).flags, "dgimsuy");
  const keys = [3, 1, 2, "b", "a"];
  const map = roundTrip(new Map(keys.map((key) => [key, null]))) as Map<unknown, null>;
  assertEquals([...map.keys()], keys);
});

const NUMERIC = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array],
  ...[Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ...("Float16Array" in globalThis ? [globalThis.Float16Array] : []),
];

for (const View of NUMERIC) {
  Deno.test(`ItemCodec keeps ${View.name}, even of unaligned and partial sources`, () => {
    const size = View.BYTES_PER_ELEMENT;
    const source = Uint8Array.from({ length: 10 * size }, (_, i) => i * 11).buffer;
    const views = [
      new View(source),
      new View(source, size, 3),
      new View(source, 2 * size, 0),
      new View(new ArrayBuffer(0)),
    ];
    for (const view of views) {
      for (const arrived of [roundTrip(view), (roundTrip({ view }) as { view: unknown }).view]) {
        assert(arrived instanceof View);
        assertStrictEquals(arrived.constructor, View);
        assertEquals(bytesOf(arrived), bytesOf(view));
        assertEquals(arrived.length, view.length);
      }
    }
  });
}

function bytesOf(view: ArrayBufferView): number[] {
  return [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)];
}

Deno.test("ItemCodec keeps the part of a buffer that a DataView shows", () => {
  const view = roundTrip(new DataView(Uint8Array.of(1, 2, 3, 4, 5).buffer, 1, 3));
  assert(view instanceof DataView);
  assertEquals([view.byteLength, view.getUint16(0), view.getUint8(2)], [3, 0x0203, 4]);
});

Deno.test("decoded bytes share no memory with the document", () => {
  const item = [
    Uint8Array.of(1, 2),
    { bytes: Uint8Array.of(1, 2) },
    new Map([["k", Uint8Array.of(1, 2)]]),
    Uint8Array.of(1, 2).buffer,
    Uint16Array.of(0x0101),
    Object.assign(new Error("e"), { bytes: Uint8Array.of(1, 2) }),
  ];
  for (const one of [...item, item]) {
    const wire = new Uint8Array(codec.encode(one));
    const arrived = codec.decode(wire);
    wire.fill(0xff);
    assertEquals(arrived, one);
  }
});

Deno.test("encoded bytes of own() outlive the next encode()", () => {
  const first = codec.own(codec.encode("first"));
  const large = codec.own(codec.encode(["x".repeat(2_000_000)]));
  const bytes = Uint8Array.of(1);
  const own = codec.own(codec.encode(bytes));
  bytes[0] = 2;
  codec.encode("second, and longer");
  assertEquals(codec.decode(first), "first");
  assertEquals((codec.decode(large) as string[])[0].length, 2_000_000);
  assertEquals(codec.decode(own), Uint8Array.of(1));
});

Deno.test("a key __proto__ is data, never a prototype", () => {
  const item = JSON.parse(`{"__proto__": {"admin": true}, "a": {"__proto__": 1, "b": 2}}`);
  const arrived = roundTrip(item) as Record<string, unknown>;
  assertStrictEquals(Object.getPrototypeOf(arrived), Object.prototype);
  assertEquals(Object.keys(arrived), ["__proto__", "a"]);
  assertEquals(Object.getOwnPropertyDescriptor(arrived, "__proto__")?.value, { admin: true });
  assertEquals("admin" in arrived, false);
  const inner = arrived.a as object;
  assertEquals(Object.getOwnPropertyDescriptor(inner, "__proto__")?.value, 1);
  assertStrictEquals(Object.getPrototypeOf(inner), Object.prototype);
});

Deno.test("an object without a prototype arrives as a plain object", () => {
  const item: Record<string, unknown> = Object.create(null);
  item.a = 1;
  const arrived = roundTrip(item) as object;
  assertEquals(Object.entries(arrived), [["a", 1]]);
  assertStrictEquals(Object.getPrototypeOf(arrived), Object.prototype);
});

Deno.test("ItemCodec keeps the holes of an array", () => {
  for (
    const array of [[, 1], [1, , 3], [1, undefined, , 4], new Array(4), new Array(2 ** 32 - 1)]
  ) {
    const arrived = roundTrip(array) as unknown[];
    assertEquals(Object.entries(arrived), Object.entries(array));
    assertEquals(arrived.length, array.length);
  }
});

Deno.test("ItemCodec keeps named properties of arrays of any length", () => {
  const match = "2026-11".match(/(?<year>\d+)-(?<month>\d+)/d);
  for (const length of [0, 3, 300, 1000]) {
    const array = Array.from({ length }, (_, i) => i);
    Object.assign(array, { unit: "mm", "-1": -1, "01": [match] });
    const arrived = roundTrip(array) as object;
    assertEquals(Object.entries(arrived), Object.entries(array));
    assert(Array.isArray(arrived) && arrived.length === length);
  }
});

Deno.test("ItemCodec keeps the code of a DOMException", () => {
  const arrived = roundTrip(new DOMException("gone", "AbortError"));
  assert(arrived instanceof DOMException);
  assertEquals([arrived.name, arrived.message, arrived.code], ["AbortError", "gone", 20]);
});

Deno.test("ItemCodec brings over a Buffer of Node as its bytes", () => {
  const arrived = roundTrip([Buffer.from("text")]) as Uint8Array[];
  assertStrictEquals(arrived[0].constructor, Uint8Array);
  assertEquals(arrived, [new TextEncoder().encode("text")]);
});

Deno.test("ItemCodec takes objects and arrays of another realm", () => {
  const item = runInNewContext(`({ list: [1, { a: [2, , 4] }] })`);
  assertEquals(roundTrip(item), { list: [1, { a: [2, , 4] }] });
});

const SURROGATES = ["\ud800", "\udfff", "\ud800\ud800\udc00", "\udc00\ud800"];

Deno.test("ItemCodec keeps lone surrogates anywhere in texts of any length", () => {
  for (const length of [1, 30, 255, 256, 257, 512, 70_000]) {
    for (const part of SURROGATES) {
      for (const fill of ["x", "ä", "€", "\u{1f600}"]) {
        const text = fill.repeat(length);
        for (const item of [part + text, text + part, text + part + text, part.repeat(length)]) {
          assertStrictEquals(roundTrip(item), item);
          assertStrictEquals(Object.keys(roundTrip({ [item]: 1 }) as object)[0], item);
        }
      }
    }
  }
});

Deno.test("ItemCodec keeps a byte order mark and U+FFFD in texts of any length", () => {
  for (const length of [0, 1, 31, 32, 41, 199, 210, 70_000]) {
    for (const mark of ["\ufeff", "\ufffd", "\ufeff\ufeff"]) {
      for (const fill of ["x", "ä", "\u{1f600}"]) {
        const text = mark + fill.repeat(length) + mark;
        assertStrictEquals(roundTrip(text), text);
      }
    }
  }
});

Deno.test("encode() is not disturbed by a getter that encodes something else", () => {
  const item = {
    before: "x".repeat(100),
    get inner() {
      return codec.encode(["inner", 1n]).length;
    },
    after: [new Map([[1, "y"]])],
  };
  assertEquals(roundTrip(item), { before: item.before, inner: item.inner, after: item.after });
});

Deno.test("encode() stops at the size that it is given", () => {
  const item = Array.from({ length: 100 }, () => "x".repeat(100));
  const { length } = codec.encode(item);
  assertEquals(codec.encode(item, "item", length).length, length);
  assertThrows(() => codec.encode(item, "item", 5000), SerializationError, "more than 5000 bytes");
  let bomb: unknown = "x";
  for (let i = 0; i < 60; i++) bomb = [bomb, bomb];
  assertThrows(() => codec.encode(bomb, "item", 1_000_000), SerializationError, "more than");
});

Deno.test("encoding does not change the item", () => {
  const item = { list: [undefined, -0, 1n], map: new Map([[1, { a: undefined }]]) };
  const before = structuredClone(item);
  codec.encode(item);
  assertEquals(item, before);
});

Deno.test("shared references arrive as copies", () => {
  const shared = { a: 1 };
  const [first, second] = roundTrip([shared, shared]) as object[];
  assertEquals(first, second);
  assert(first !== second);
});

const PLAIN: ValueType[] = [
  ...[0, 1, 127, 128, 65_536, -1, -33, -129, 1.5, true, false, null, "", "ä€😀", "x".repeat(300)],
  ...[[], [1, "a", null], {}, { a: 1, b: [{ c: "d" }] }, Uint8Array.of(1, 2, 3)],
  ...[{ bytes: new Uint8Array(300) }, new Array(70).fill({ k: [true, 2 ** 31, -(2 ** 31)] })],
];

Deno.test("plain items are MessagePack: @std/msgpack decodes them, and they its documents", () => {
  for (const item of PLAIN) {
    const bytes = new Uint8Array(codec.encode(item));
    assertEquals(decodePlain(bytes), item);
    assertEquals(codec.decode(encodePlain(item)), item);
  }
});
