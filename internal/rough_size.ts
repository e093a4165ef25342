/**
 * Estimates what an item costs, before it is encoded.
 *
 * @module
 */

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
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (Array.isArray(value)) return sampled(value, value.length, looks);
  if (value instanceof Set) return sampled(value, value.size, looks);
  if (value instanceof Map) return 2 * sampled(value.values(), value.size, looks);
  if (value instanceof Error) return sizeOf(value.message, looks) + sizeOf(value.stack, looks);
  const keys = Object.keys(value);
  const some = keys.slice(0, looks.left).map((key) => Reflect.get(value, key));
  return sampled(some, keys.length, looks);
}

/** Returns the size of `count` values like the first of these. */
function sampled(values: Iterable<unknown>, count: number, looks: { left: number }): number {
  let seen = 0;
  let bytes = 0;
  for (const value of values) {
    if (looks.left-- <= 0) break;
    seen++;
    bytes += sizeOf(value, looks);
  }
  return SMALL_BYTES + count * (seen === 0 ? SMALL_BYTES : bytes / seen);
}
