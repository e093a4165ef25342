/**
 * The extension types of items, for values that MessagePack has no type for.
 *
 * @module
 */

/** Extension type numbers of MessagePack; PROTOCOL.md gives the payload of each. */
export const ItemType = {
  UNDEFINED: 0,
  /** An array with holes or named properties. */
  ARRAY: 1,
  BIGINT: 2,
  DATE: 3,
  REGEXP: 4,
  URL: 5,
  ERROR: 6,
  MAP: 7,
  SET: 8,
  BUFFER: 9,
  CHANNEL: 10,
  DOM_EXCEPTION: 11,
  /** A text with lone surrogates. */
  TEXT16: 12,
} as const;

/** The first byte of an extension with a payload of four bytes, as a channel always is. */
const FIXEXT4 = 0xd6;

/** Whether an item may name channels: other bytes in it may look the same. */
export function namesChannel(bytes: Uint8Array): boolean {
  let at = bytes.indexOf(FIXEXT4);
  while (at >= 0 && bytes[at + 1] !== ItemType.CHANNEL) at = bytes.indexOf(FIXEXT4, at + 1);
  return at >= 0;
}

/** Sets an own property of any name, `__proto__` included. */
export function setProperty(object: object, key: string | number, value: unknown): void {
  if (key !== "__proto__") return void ((object as Record<string, unknown>)[key] = value);
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** The kinds of {@linkcode ItemType.BUFFER}; the first byte of the payload is an index into this. */
export const BUFFER_NAMES = [
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
  readonly prototype: object;
  BYTES_PER_ELEMENT?: number;
};

/** Their classes; the first is not a view. Looked up by name: an old Deno may lack one. */
export const BUFFER_TYPES: readonly (BufferConstructor | undefined)[] = BUFFER_NAMES.map((name) =>
  (globalThis as unknown as Record<string, BufferConstructor | undefined>)[name]
);

/** Returns the index of the kind of a buffer or view. */
export function bufferIndex(value: ArrayBuffer | ArrayBufferView): number {
  return BUFFER_TYPES.findIndex((type) => type?.prototype === Object.getPrototypeOf(value));
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

/** Returns the bigint of hexadecimal digits, or `undefined` if they are malformed. */
export function unpackBigint(digits: string): bigint | undefined {
  if (!/^-?[0-9a-f]+$/.test(digits)) return undefined;
  return digits.startsWith("-") ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
}
