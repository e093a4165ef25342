/**
 * The values behind `wire.json`: one of each type of item, frame and control message, and a
 * preamble.
 */

import { concat } from "@std/bytes/concat";
import { FrameType } from "../../protocol/constants.ts";
import { encodeExecRequest, encodeKeptCode, encodeStatusReport } from "../../protocol/control.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import type { ChannelReferences } from "../../protocol/items.ts";
import { encodePreamble, type Hello } from "../../protocol/preamble.ts";

/** Stands for a channel, of which the codec needs only the id. */
class Reference {
  constructor(readonly id: number) {}
}

/** The channel of the samples. */
const REFERENCE = new Reference(0x0102_0304);

/** Maps the channel of the samples to its id and back. */
export const REFERENCES: ChannelReferences = {
  idOf: (value) => value instanceof Reference ? value.id : undefined,
  byId: (id) => new Reference(id),
};

/** An error whose stack is the same on each machine. */
function fixedError(): Error {
  const error = new TypeError("no such table", { cause: 7 });
  return Object.assign(fixedStack(error, "TypeError: no such table\n    at db.ts:3:1"), {
    code: "E42",
  });
}

function fixedStack<E extends Error>(error: E, stack: string): E {
  return Object.defineProperty(error, "stack", { value: stack });
}

/** One item of each type. */
export const ITEMS: Readonly<Record<string, unknown>> = {
  "undefined": undefined,
  "null": null,
  "true": true,
  "zero": 0,
  "negative zero": -0,
  "small integer": 127,
  "integer": -70_000,
  "large integer": 2 ** 53 - 1,
  "fraction": 1.5,
  "NaN": NaN,
  "infinity": -Infinity,
  "bigint": -(2n ** 70n),
  "string": "ä€😀",
  "lone surrogate": "a\ud800",
  "byte order mark": "\ufeffa",
  "Date": new Date(1_700_000_000_123),
  "invalid Date": new Date(NaN),
  "RegExp": /a+\/b/gi,
  "URL": new URL("https://example.org/a?b#c"),
  "Error": fixedError(),
  "DOMException": fixedStack(new DOMException("gone", "AbortError"), "AbortError: gone"),
  "array": [1, [undefined], "a"],
  "array with a hole": [1, , 3],
  "array with a named property": Object.assign([1], { unit: "mm" }),
  "object": { a: 1, b: { c: [] } },
  "key __proto__": JSON.parse(`{"__proto__": 1, "a": 2}`),
  "Map": new Map<unknown, unknown>([["a", 1], [2, new Map()]]),
  "Set": new Set<unknown>([1, "a"]),
  "Uint8Array": Uint8Array.of(1, 2, 255),
  "ArrayBuffer": Uint8Array.of(1, 2, 3).buffer,
  "DataView": new DataView(Uint8Array.of(1, 2, 3).buffer),
  "Int8Array": Int8Array.of(-1, 1),
  "Uint8ClampedArray": Uint8ClampedArray.of(0, 255),
  "Int16Array": Int16Array.of(-2, 256),
  "Uint16Array": Uint16Array.of(1, 0xfffe),
  "Int32Array": Int32Array.of(-2),
  "Uint32Array": Uint32Array.of(0x0102_0304),
  "BigInt64Array": BigInt64Array.of(-2n),
  "BigUint64Array": BigUint64Array.of(0x0102_0304_0506_0708n),
  "Float16Array": Float16Array.of(1.5),
  "Float32Array": Float32Array.of(1.5),
  "Float64Array": Float64Array.of(-1.5),
  "Channel": { channel: REFERENCE },
};

const bytes = Uint8Array.of(1, 2, 3);
const request = { position: "", isolated: false };
const exec = encodeExecRequest({ ...request, kind: "source", name: "main.ts" });
const code = encodeKeptCode({ ...request, kind: "call", name: "one", text: "() => 1" });
export const HASH = Uint8Array.from({ length: 32 }, (_, i) => i);
const status = encodeStatusReport({ channels: 2, executing: ["main.ts"], execModel: "main" });

/** One frame of each type. */
export const FRAMES: Readonly<Record<string, Uint8Array>> = {
  "ITEM": encodeFrame(FrameType.ITEM, 1, bytes),
  "ITEM_START": encodeFrame(FrameType.ITEM_START, 2, Uint8Array.of(0, 1, 0, 0, 9)),
  "ITEM_PART": encodeFrame(FrameType.ITEM_PART, 0xfedc_ba98, bytes),
  "WINDOW": encodeFrame(FrameType.WINDOW, 1, Uint8Array.of(0, 8, 0, 0)),
  "END": encodeFrame(FrameType.END, 1),
  "CLOSE": encodeFrame(FrameType.CLOSE, 1),
  "CLOSE with an error": encodeFrame(FrameType.CLOSE, 1, bytes),
  "OPEN": encodeFrame(FrameType.OPEN, 1),
  "EXEC": encodeFrame(FrameType.EXEC, 1, exec),
  "PING": encodeFrame(FrameType.PING, 0),
  "PONG": encodeFrame(FrameType.PONG, 0),
  "DROP": encodeFrame(FrameType.DROP, 3),
  "BLOCKED": encodeFrame(FrameType.BLOCKED, 3, Uint8Array.of(0, 1, 0, 0)),
  "GRANT": encodeFrame(FrameType.GRANT, 3, Uint8Array.of(0, 1, 0, 0)),
  "UNCAUGHT": encodeFrame(FrameType.UNCAUGHT, 5, Uint8Array.of(0, 0, 0, 7, ...bytes)),
  "STATUS_REQUEST": encodeFrame(FrameType.STATUS_REQUEST, 7),
  "STATUS": encodeFrame(FrameType.STATUS, 7, status),
  "EXIT": encodeFrame(FrameType.EXIT, 0, Uint8Array.of(0, 0, 3, 232)),
  "CODE": encodeFrame(FrameType.CODE, 0, concat([HASH, code])),
  "EXEC_KEPT": encodeFrame(FrameType.EXEC_KEPT, 1, HASH),
};

/** The hello of {@linkcode PREAMBLE}. */
export const HELLO: Hello = {
  pid: 4321,
  deno: "2.9.6",
  v8: "14.0",
  typescript: "5.9",
  os: "linux",
  arch: "x86_64",
  maxItemBytes: 2 ** 30,
  gateway: "gw0",
};

/** A preamble. */
export const PREAMBLE: Uint8Array = encodePreamble(HELLO);
