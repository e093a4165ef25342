/**
 * Estimates what an item costs, before it is encoded.
 *
 * @module
 */

const { getPrototypeOf, prototype: plain } = Object;
const { isArray } = Array;

/** As many values are looked at in an item. */
const MAX_LOOKS = 32;
/** What a small value costs in its encoded form, about. */
const SMALL_BYTES = 8;

/**
 * Returns about how many bytes a value takes, without looking at all of it: of a long array it looks at
 * some elements. Text and buffers, which make an item large, are counted as they are.
 */
export function roughSize(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return SMALL_BYTES;
  try {
    return sizeOf(value, { left: MAX_LOOKS });
  } catch {
    return SMALL_BYTES; // a getter that throws: whoever encodes it reports that
  }
}

function sizeOf(value: unknown, looks: { left: number }): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return SMALL_BYTES;
  if (getPrototypeOf(value) === plain) return sizeOfObject(value as Record<string, unknown>, looks);
  if (isArray(value)) return sizeOfSome(value, value.length, looks);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof Set) return sizeOfSome(value, value.size, looks);
  if (value instanceof Map) return 2 * sizeOfSome(value.values(), value.size, looks);
  if (value instanceof Error) return sizeOf(value.message, looks) + sizeOf(value.stack, looks);
  return sizeOfObject(value as Record<string, unknown>, looks);
}

/** A loop without a list of keys: most items are small objects, and this is done for each. */
function sizeOfObject(value: Record<string, unknown>, looks: { left: number }): number {
  let bytes = SMALL_BYTES;
  for (const key in value) {
    bytes += looks.left-- > 0 ? sizeOf(value[key], looks) : SMALL_BYTES;
  }
  return bytes;
}

/** Returns the size of `count` values like the first of these. */
function sizeOfSome(values: Iterable<unknown>, count: number, looks: { left: number }): number {
  let seen = 0;
  let bytes = 0;
  for (const value of values) {
    if (looks.left-- <= 0) break;
    seen++;
    bytes += sizeOf(value, looks);
  }
  return SMALL_BYTES + count * (seen === 0 ? SMALL_BYTES : bytes / seen);
}
