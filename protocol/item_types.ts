/**
 * The extension types of items, for values that MessagePack has no type for, and their payloads.
 *
 * @module
 */

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
  /** An object with keys that a MessagePack map would lose: `__proto__`, lone surrogates. */
  OBJECT: 11,
  /** A string with lone surrogates, as UTF-16 code units. */
  TEXT16: 12,
} as const;

/**
 * Levels on the wire for each level in memory, at most: maps, sets and errors are an extension
 * around an array.
 */
export const WIRE_LEVELS_PER_LEVEL = 3;

/** Sets an own property of any name, `__proto__` included. */
export function defineProperty(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * Returns whether a text survives as a MessagePack string: one with lone surrogates does not, and a
 * decoder may drop a leading byte order mark.
 */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && text.charCodeAt(0) !== 0xfeff;
}

/** The kinds of {@linkcode ItemType.BUFFER}; the first byte of the payload is an index into this. */
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

// Looked up by name: the oldest Deno that is supported has no Float16Array.
const BUFFER_TYPES = BUFFER_NAMES.map((name) =>
  (globalThis as unknown as Record<string, BufferConstructor | undefined>)[name]
);

/** Returns the payload of a buffer or view, or `undefined` if `value` is neither. */
export function packBuffer(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const index = BUFFER_NAMES.findIndex((name, index) => {
      const type = BUFFER_TYPES[index];
      return name !== "ArrayBuffer" && type !== undefined && value instanceof type;
    });
    if (index < 0) return undefined;
    return withKind(index, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  return value instanceof ArrayBuffer ? withKind(0, new Uint8Array(value)) : undefined;
}

function withKind(kind: number, bytes: Uint8Array): Uint8Array {
  const payload = new Uint8Array(1 + bytes.length);
  payload[0] = kind;
  payload.set(bytes, 1);
  return payload;
}

/** Returns the buffer or view of a payload, in its own memory, or `undefined` if it has none. */
export function unpackBuffer(payload: Uint8Array): ArrayBuffer | ArrayBufferView | undefined {
  const buffer = new Uint8Array(payload.subarray(1)).buffer;
  if (payload[0] === 0) return buffer;
  const type = BUFFER_TYPES[payload[0]];
  if (type === undefined || buffer.byteLength % (type.BYTES_PER_ELEMENT ?? 1) !== 0) {
    return undefined;
  }
  return new type(buffer);
}

/** Returns the hexadecimal digits of a bigint: decimal ones would take quadratic time. */
export function packBigint(value: bigint): string {
  return value.toString(16);
}

/** Returns the bigint of hexadecimal digits, or `undefined` if they are malformed. */
export function unpackBigint(digits: string): bigint | undefined {
  if (!/^-?[0-9a-f]+$/.test(digits)) return undefined;
  return digits.startsWith("-") ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}

/** Returns the UTF-16 code units of a text, little-endian. */
export function packText16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), true);
  return bytes;
}

/** Returns the text of UTF-16 code units, or `undefined` for half a unit. */
export function unpackText16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 2) {
    parts.push(String.fromCharCode(view.getUint16(at, true)));
  }
  return parts.join("");
}
