/**
 * The extension types of items: what MessagePack itself has no type for.
 *
 * @module
 */

import { RemoteError } from "../errors.ts";

/** Extension type numbers of MessagePack; PROTOCOL.md gives the payload of each. */
export const ItemType = {
  UNDEFINED: 0,
  NEGATIVE_ZERO: 1,
  BIGINT: 2,
  DATE: 3,
  REGEXP: 4,
  URL: 5,
  ERROR: 6,
  MAP: 7,
  SET: 8,
  BUFFER: 9,
  CHANNEL: 10,
  /** An object with keys that a MessagePack map would not bring over. */
  OBJECT: 11,
  /** A string with lone surrogates, as UTF-16 code units. */
  TEXT16: 12,
} as const;

/** Maps, sets and errors are an extension around an array: more levels on the wire than in memory. */
export const WIRE_LEVELS_PER_LEVEL = 3;

/** Sets an own property, whatever its name. */
export function defineProperty(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Whether MessagePack brings a text over: not lone surrogates, and decoders may drop a leading BOM. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && text.charCodeAt(0) !== 0xfeff;
}

/** The views and buffers of {@linkcode ItemType.BUFFER}; the first payload byte is the index. */
const BUFFER_NAMES = [
  "ArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
] as const;

type BufferConstructor = {
  new (buffer: ArrayBuffer): ArrayBufferView;
  BYTES_PER_ELEMENT?: number;
};

// By name, because Float16Array is younger than the oldest Deno that runs this.
const BUFFER_TYPES = BUFFER_NAMES.map((name) =>
  (globalThis as unknown as Record<string, BufferConstructor | undefined>)[name]
);

/** The bytes of a buffer or view with its kind in front; nothing where `value` is neither. */
export function packBuffer(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const index = BUFFER_NAMES.findIndex((name, index) => {
      const type = BUFFER_TYPES[index];
      return name !== "ArrayBuffer" && type !== undefined && value instanceof type;
    });
    if (index < 0) return undefined;
    return tagged(index, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  return value instanceof ArrayBuffer ? tagged(0, new Uint8Array(value)) : undefined;
}

function tagged(index: number, bytes: Uint8Array): Uint8Array {
  const payload = new Uint8Array(1 + bytes.length);
  payload[0] = index;
  payload.set(bytes, 1);
  return payload;
}

/** The buffer or view of {@linkcode packBuffer}'s bytes, in memory of its own. */
export function unpackBuffer(payload: Uint8Array): ArrayBuffer | ArrayBufferView | undefined {
  const buffer = new Uint8Array(payload.subarray(1)).buffer;
  if (payload[0] === 0) return buffer;
  const type = BUFFER_TYPES[payload[0]];
  if (type === undefined || buffer.byteLength % (type.BYTES_PER_ELEMENT ?? 1) !== 0) {
    return undefined;
  }
  return new type(buffer);
}

/** A bigint as hexadecimal digits: unlike decimal ones, they are read and written in linear time. */
export function packBigint(value: bigint): string {
  return value.toString(16);
}

/** The bigint of {@linkcode packBigint}'s digits. */
export function unpackBigint(digits: string): bigint | undefined {
  if (!/^-?[0-9a-f]+$/.test(digits)) return undefined;
  return digits.startsWith("-") ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

/** UTF-16 code units, little-endian. */
export function packText16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), true);
  return bytes;
}

/** The string of {@linkcode packText16}'s bytes. */
export function unpackText16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    parts.push(String.fromCharCode(view.getUint16(at, true)));
  }
  return parts.join("");
}

/** What of an error travels. */
export interface ErrorParts {
  /** `error.name`. */
  name: string;
  /** `error.message`. */
  message: string;
  /** `error.stack`. */
  stack: string;
  /** Its cause in a list, or none. */
  cause: unknown[];
  /** Its other own data properties. */
  properties: Record<string, unknown>;
}

const ERROR_FIELDS: readonly string[] = ["name", "message", "stack", "cause"];

/** Takes an error apart. One that came from another side is as it was there. */
export function errorParts(error: Error): ErrorParts {
  const remoteStack = error instanceof RemoteError ? error.remoteStack : undefined;
  const properties: Record<string, unknown> = {};
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property === undefined || !("value" in property) || ERROR_FIELDS.includes(key)) continue;
    if (remoteStack !== undefined && key === "remoteStack") continue;
    Object.defineProperty(properties, key, { ...property, enumerable: true });
  }
  return {
    name: String(error.name),
    message: String(error.message),
    stack: remoteStack ?? String(error.stack ?? `${error.name}: ${error.message}`),
    cause: "cause" in error ? [error.cause] : [],
    properties,
  };
}

const ERROR_TYPES: Readonly<Record<string, ErrorConstructor>> = {
  __proto__: null as unknown as ErrorConstructor,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Puts an error together again, in its class where that is one of the language's own. */
export function errorFromParts(parts: ErrorParts): Error {
  const { name, message, stack, cause, properties } = parts;
  const error = name === "AggregateError"
    ? new AggregateError([], message)
    : new (ERROR_TYPES[name] ?? Error)(message);
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  for (const [key, value] of Object.entries(properties)) define(key, value, key !== "errors");
  if (error.name !== name) define("name", name, false);
  define("stack", stack, false);
  if (cause.length > 0) define("cause", cause[0], false);
  return error;
}
