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
  for (const type of [ItemType.MAP, ItemType.SET, ItemType.ERROR, ItemType.OBJECT]) {
    for (const inArrays of [false, true]) {
      const step = inArrays ? 7 : 6;
      const bytes = new Uint8Array(100_000 * step + 1);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < bytes.length - 1; at += step) {
        const head = inArrays ? at + 1 : at;
        if (inArrays) bytes[at] = 0x91;
        bytes[head] = 0xc9;
        view.setUint32(head + 1, bytes.length - head - 6);
        bytes[head + 5] = type;
      }
      bytes[bytes.length - 1] = 0x90;
      const error = assertThrows(() => codec.decode(bytes), ProtocolError, "nested deeper");
      assert(!(error.cause instanceof RangeError), "before the stack overflows");
    }
  }
});

Deno.test("ItemCodec refuses declared lengths that the bytes cannot hold, at once", () => {
  const four = [255, 255, 255, 255];
  for (const head of [0xc6, 0xc9, 0xdb, 0xdd, 0xdf]) {
    refused([head, ...four], "truncated");
    refused([0x91, head, ...four, 1, 2, 3], "truncated");
    refused(extension(ItemType.MAP, [head, ...four]), "truncated");
  }
  for (const head of [0xc5, 0xc8, 0xda, 0xdc, 0xde]) refused([head, 255, 255], "truncated");
});

Deno.test("ItemCodec refuses bytes that are not MessagePack", () => {
  refused([], "not MessagePack");
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
  ["an object of one value", ItemType.OBJECT, [0x91, 1]],
  ["an object whose key is a number", ItemType.OBJECT, [0x92, 1, 1]],
  ["half a code unit", ItemType.TEXT16, [1, 2, 3]],
];

for (const [what, type, payload] of MALFORMED) {
  Deno.test(`ItemCodec refuses ${what}`, () => {
    refused(extension(type, payload));
    refused([0x92, 1, ...extension(type, payload)]);
  });
}

Deno.test("ItemCodec never gives a decoded object a prototype from the peer", () => {
  const proto = [0xa9, ...utf8.encode("__proto__")];
  refused([0x81, ...proto, 0x81, 0xa1, 0x61, 1]);
  const error = extension(
    ItemType.ERROR,
    [
      0x95,
      0xa1,
      0x6e,
      0xa1,
      0x6d,
      0xa1,
      0x73,
      0x90,
      ...extension(ItemType.OBJECT, [
        ...[0x92, ...proto, 0x81, 0xa1, 0x61, 1],
      ]),
    ],
  );
  const arrived = codec.decode(error);
  assert(arrived instanceof Error && Object.getPrototypeOf(arrived) === Error.prototype);
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
