/** Bytes that no honest peer sends. Each is decoded to a value, or is a ProtocolError. */

import { assertEquals, assertThrows } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { ProtocolError } from "../errors.ts";
import { ItemType } from "./item_types.ts";
import { ItemCodec } from "./items.ts";
import { randomFrom } from "../tests/support/random.ts";

const codec = new ItemCodec();
const utf8 = new TextEncoder();

function refused(bytes: Uint8Array | number[], message = ""): void {
  assertThrows(() => codec.decode(Uint8Array.from(bytes)), ProtocolError, message);
  assertEquals(codec.decode(codec.encode({ sound: [1n] })), { sound: [1n] });
}

/** Returns an extension value of any type and payload. */
function extension(type: number, payload: Uint8Array | number[]): Uint8Array {
  const bytes = new Uint8Array(6 + payload.length);
  bytes[0] = 0xc9;
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes[5] = type;
  bytes.set(payload, 6);
  return bytes;
}

const GOOD = {
  list: [1, -0, 1.5, "text", "\ud800", 10n ** 30n, undefined, null, true],
  map: new Map<unknown, unknown>([[new Set([1]), { deep: [new Date(0)] }]]),
  error: Object.assign(new TypeError("m", { cause: /x/g }), { code: 1 }),
  bytes: [Uint8Array.of(1, 2, 3), Float64Array.of(1, 2), new URL("https://example.org/")],
};

Deno.test("ItemCodec refuses a document that is truncated anywhere", () => {
  const bytes = new Uint8Array(codec.encode(GOOD));
  for (let at = 0; at < bytes.length; at++) refused(bytes.subarray(0, at));
  assertEquals(codec.decode(bytes), GOOD);
});

Deno.test("ItemCodec refuses bytes behind a document", () => {
  for (const item of [0, 200, "a", [1], GOOD, null]) {
    refused([...codec.encode(item), 0], "1 bytes too many");
  }
});

Deno.test("ItemCodec turns a document with one changed byte into a value or a ProtocolError", () => {
  const bytes = new Uint8Array(codec.encode(GOOD));
  for (let at = 0; at < bytes.length; at++) {
    for (const byte of [0x00, 0x7f, 0x81, 0x91, 0xc1, 0xc9, 0xd4, 0xdd, 0xdf, 0xff]) {
      const changed = bytes.slice();
      changed[at] = byte;
      decodeOrProtocolError(changed);
    }
  }
});

function decodeOrProtocolError(bytes: Uint8Array): void {
  try {
    codec.decode(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

Deno.test("ItemCodec turns 2,000 random byte strings into values or ProtocolErrors", () => {
  const random = randomFrom(3);
  const heads = [0x82, 0x93, 0xc7, 0xc9, 0xd4, 0xd5, 0xd8, 0xdc, 0xdd, 0xde, 0xdf];
  for (let run = 0; run < 2000; run++) {
    const bytes = Uint8Array.from({ length: random() * 64 }, () => random() * 256);
    if (run % 2 === 1 && bytes.length > 0) bytes[0] = heads[run % heads.length];
    decodeOrProtocolError(bytes);
  }
});

Deno.test("ItemCodec turns random payloads of each type into values or ProtocolErrors", () => {
  const random = randomFrom(4);
  for (let type = 0; type < 16; type++) {
    for (let run = 0; run < 200; run++) {
      const payload = Uint8Array.from({ length: random() * 24 }, () => random() * 256);
      if (run % 2 === 1 && payload.length > 0) payload[0] = 0x90 + run % 8;
      decodeOrProtocolError(extension(type, payload));
    }
  }
});

Deno.test("ItemCodec refuses nesting of 100,000 levels, of each container", () => {
  refused(new Uint8Array(100_000).fill(0x91), "nested deeper");
  refused(Uint8Array.from({ length: 200_000 }, (_, i) => i % 2 ? 1 : 0x82), "");
  const maps = new Uint8Array(300_000);
  for (let at = 0; at < maps.length; at += 3) maps.set([0x81, 0xa1, 0x61], at);
  refused([...maps, 1], "nested deeper");
});

Deno.test("ItemCodec refuses 100,000 levels of nested extensions", () => {
  const texts = [0xa0, 0xa0, 0xa0];
  const nested: [type: number, before: number[], after: number[]][] = [
    [ItemType.MAP, [0x92, 1], []],
    [ItemType.SET, [0x91], []],
    [ItemType.ARRAY, [0x93, 1, 0], []],
    [ItemType.ERROR, [0x95, ...texts, 0x91], [0x80]],
    [ItemType.ERROR, [0x95, ...texts, 0x90, 0x81, 0xa1, 0x61], []],
  ];
  const levels = 100_000;
  for (const [type, before, after] of nested) {
    const head = 6 + before.length;
    const bytes = new Uint8Array(levels * (head + after.length) + 1);
    let rest = bytes;
    for (let level = 0; level < levels; level++) {
      rest.set(extension(type, before));
      new DataView(rest.buffer, rest.byteOffset).setUint32(1, rest.length - 6);
      rest.set(after, rest.length - after.length);
      rest = rest.subarray(head, rest.length - after.length);
    }
    const error = assertThrows(() => codec.decode(bytes), ProtocolError, "nested deeper");
    assert(!(error.cause instanceof RangeError), "before the stack overflows");
  }
});

Deno.test("ItemCodec refuses declared lengths that the bytes cannot hold, at once", () => {
  const four = [255, 255, 255, 255];
  for (const head of [0xc6, 0xc9, 0xdb, 0xdd, 0xdf]) {
    refused([head, ...four], "truncated");
    refused([0x91, head, ...four, 1, 2, 3], "truncated");
  }
  refused(extension(ItemType.MAP, [0xdd, ...four]), "truncated");
  refused(extension(ItemType.ARRAY, [0xdd, ...four, 1]), "truncated");
  for (const head of [0xc5, 0xc8, 0xda, 0xdc, 0xde]) refused([head, 255, 255], "truncated");
});

Deno.test("ItemCodec refuses bytes that are not MessagePack", () => {
  refused([], "truncated");
  refused([0xc1], "not MessagePack");
  refused([0x92, 1, 0xc1], "not MessagePack");
});

Deno.test("ItemCodec refuses unknown extension types", () => {
  for (const type of [13, 14, 127, 128, 255]) refused(extension(type, [1]), "unknown extension");
});

const MALFORMED: [what: string, type: number, payload: Uint8Array | number[]][] = [
  ["a bigint without digits", ItemType.BIGINT, []],
  ["a bigint that is a sign", ItemType.BIGINT, utf8.encode("-")],
  ["a bigint of other digits", ItemType.BIGINT, utf8.encode("12g")],
  ["a bigint that is not UTF-8", ItemType.BIGINT, [0xff]],
  ["a date of seven bytes", ItemType.DATE, new Uint8Array(7)],
  ["a date of nine bytes", ItemType.DATE, new Uint8Array(9)],
  ["a regular expression that is no list", ItemType.REGEXP, [0xa1, 0x61]],
  ["a regular expression of numbers", ItemType.REGEXP, [0x92, 1, 2]],
  ["a regular expression without flags", ItemType.REGEXP, [0x91, 0xa1, 0x61]],
  ["a regular expression that does not parse", ItemType.REGEXP, [0x92, 0xa1, 0x28, 0xa0]],
  ["unknown flags", ItemType.REGEXP, [0x92, 0xa1, 0x61, 0xa1, 0x7a]],
  ["a URL that is none", ItemType.URL, utf8.encode("not a url")],
  ["a URL that is not UTF-8", ItemType.URL, [0xff, 0xfe]],
  ["an empty error", ItemType.ERROR, [0x90]],
  ["an error that is a map", ItemType.ERROR, [0x80]],
  ["an error whose name is a number", ItemType.ERROR, [0x95, 1, 0xa0, 0xa0, 0x90, 0x80]],
  ["an error whose cause is no list", ItemType.ERROR, [0x95, 0xa0, 0xa0, 0xa0, 0xc0, 0x80]],
  ["an error without properties", ItemType.ERROR, [0x94, 0xa0, 0xa0, 0xa0, 0x90]],
  ["a map of three values", ItemType.MAP, [0x93, 1, 2, 3]],
  ["a map that is no list", ItemType.MAP, [0x80]],
  ["a map of nothing", ItemType.MAP, []],
  ["a set that is a number", ItemType.SET, [7]],
  ["a set with bytes behind it", ItemType.SET, [0x90, 1]],
  ["a buffer of no kind", ItemType.BUFFER, []],
  ["a buffer of an unknown kind", ItemType.BUFFER, [14, 1]],
  ["a Float64Array of nine bytes", ItemType.BUFFER, [13, ...new Uint8Array(9)]],
  ["a channel of three bytes", ItemType.CHANNEL, [0, 0, 1]],
  ["a channel where none can be", ItemType.CHANNEL, [0, 0, 0, 1]],
  ["an array with half a property", ItemType.ARRAY, [0x92, 1, 0]],
  ["an array of no length", ItemType.ARRAY, [0x90]],
  ["an array whose length is a text", ItemType.ARRAY, [0x91, 0xa1, 0x31]],
  ["an array of a negative length", ItemType.ARRAY, [0x91, 0xff]],
  ["an array with an index beyond its length", ItemType.ARRAY, [0x93, 1, 1, 0]],
  ["an array with a key that is a list", ItemType.ARRAY, [0x93, 1, 0x90, 0]],
  ["a text of code units that is none", ItemType.TEXT16, [1]],
  ["half a code unit", ItemType.TEXT16, [0x91, 0xc4, 3, 1, 2, 3]],
  ["a text of numbers", ItemType.TEXT16, [0x91, 1]],
];

for (const [what, type, payload] of MALFORMED) {
  Deno.test(`ItemCodec refuses ${what}`, () => {
    refused(extension(type, payload));
    refused([0x92, 1, ...extension(type, payload)]);
  });
}

Deno.test("ItemCodec gives no decoded object a prototype of the peer's", () => {
  const map = [0x81, 0xa9, ...utf8.encode("__proto__"), 0x81, 0xa1, 0x61, 1];
  const texts = [0xa1, 0x6e, 0xa1, 0x6d, 0xa1, 0x73];
  const documents: [bytes: Uint8Array | number[], prototype: object][] = [
    [map, Object.prototype],
    [extension(ItemType.ERROR, [0x95, ...texts, 0x90, ...map]), Error.prototype],
    [extension(ItemType.ARRAY, [0x93, 0, ...map.slice(1)]), Array.prototype],
  ];
  for (const [bytes, prototype] of documents) {
    const arrived = codec.decode(Uint8Array.from(bytes));
    assert(typeof arrived === "object" && arrived !== null);
    assertEquals(Object.getPrototypeOf(arrived), prototype);
    assertEquals(Object.getOwnPropertyDescriptor(arrived, "__proto__")?.value, { a: 1 });
  }
});

Deno.test("ItemCodec decodes an error whose properties shadow those of objects", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "Function"];
  for (const name of names) {
    const error = new Error("m");
    error.name = name;
    const arrived = codec.decode(new Uint8Array(codec.encode(error))) as Error;
    assertEquals([arrived.name, arrived.constructor], [name, Error]);
  }
});

const NOT_UTF8: [what: string, bytes: number[]][] = [
  ["bytes that no text has", [0xff, 0xff]],
  ["Latin-1", [0x63, 0x61, 0x66, 0xe9]],
  ["a character cut short", [0xe2, 0x82]],
  ["a continuation byte alone", [0x61, 0x80, 0x61]],
  ["an overlong NUL", [0xc0, 0x80]],
  ["an overlong slash", [0xe0, 0x80, 0xaf]],
  ["a lone surrogate", [0xed, 0xa0, 0x80]],
  ["a code point beyond the last", [0xf4, 0x90, 0x80, 0x80]],
  ["a character of five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
];

for (const [what, bytes] of NOT_UTF8) {
  Deno.test(`ItemCodec refuses a text of any length that is not UTF-8: ${what}`, () => {
    for (const before of [0, 1, 29, 31, 60, 199, 300, 70_000]) {
      const text = [...new Uint8Array(before).fill(0x61), ...bytes];
      const string = [0xdb, 0, text.length >>> 16, text.length >>> 8 & 255, text.length & 255];
      refused([...string, ...text], "UTF-8");
      refused([0x92, ...string, ...text, 1], "UTF-8");
      refused([0x81, ...string, ...text, 1], "UTF-8");
    }
    refused([0x81, 0xa0 | bytes.length, ...bytes, 1], "UTF-8");
    refused(
      extension(ItemType.ERROR, [0x95, 0xa0, 0xa0 | bytes.length, ...bytes, 0xa0, 0x90, 0x80]),
    );
  });
}

Deno.test("ItemCodec refuses integers that a number cannot hold", () => {
  refused([0xcf, 0x00, 0x20, 0, 0, 0, 0, 0, 0], "bigint"); // 2 ** 53
  refused([0xcf, 255, 255, 255, 255, 255, 255, 255, 255], "bigint");
  refused([0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], "bigint");
  assertEquals(codec.decode(Uint8Array.of(0xcf, 0, 0x1f, ...new Array(6).fill(255))), 2 ** 53 - 1);
  assertEquals(codec.decode(Uint8Array.of(0xd3, ...new Array(7).fill(255), 254)), -2);
});

Deno.test("ItemCodec refuses keys that are not texts", () => {
  for (const key of [[1], [0xc0], [0xc4, 1, 0x61], [0x90]]) refused([0x81, ...key, 1], "a text");
});
