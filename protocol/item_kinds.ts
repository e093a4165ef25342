/**
 * Tells the kinds of objects that can be sent apart, and finds what of them would be lost.
 *
 * @module
 */

import { describeType } from "./item_describe.ts";
import { BUFFER_TYPES, ItemType } from "./item_types.ts";

/** Kinds of objects that MessagePack has a type for; the others are an {@linkcode ItemType}. */
export const PLAIN_OBJECT = -1;
/** See {@linkcode PLAIN_OBJECT}. */
export const LIST = -2;

/** Longer arrays are not asked for their keys, of which each index is one. */
const FEW_ELEMENTS = 256;

/** Keys of objects that are more than their properties, such as `Math`, modules and `arguments`. */
const SPECIAL_KEYS: readonly symbol[] = [Symbol.toStringTag, Symbol.iterator];

const { getPrototypeOf, getOwnPropertySymbols, hasOwn, keys } = Object;
const { propertyIsEnumerable } = Object.prototype;
const { inspect } = Deno;

/** By prototype, so that an instance of a subclass is of no kind: it would arrive as less. */
const KINDS: ReadonlyMap<object | null, number> = new Map<object | null, number>([
  [null, PLAIN_OBJECT],
  [Object.prototype, PLAIN_OBJECT],
  [Date.prototype, ItemType.DATE],
  [RegExp.prototype, ItemType.REGEXP],
  [URL.prototype, ItemType.URL],
  [Map.prototype, ItemType.MAP],
  [Set.prototype, ItemType.SET],
  [DOMException.prototype, ItemType.DOM_EXCEPTION],
  ...BUFFER_TYPES.filter((type) => type !== undefined).map(({ prototype }): [object, number] => [
    prototype,
    ItemType.BUFFER,
  ]),
]);

/** Returns the kind of an object, or `undefined` if it has none. */
export function kindOf(value: object): number | undefined {
  const prototype = getPrototypeOf(value);
  if (Array.isArray(value)) {
    // The second is an array of another realm, such as one of node:vm.
    const isList = prototype === Array.prototype || isObjectPrototype(getPrototypeOf(prototype));
    return isList ? LIST : undefined;
  }
  const kind = KINDS.get(prototype);
  if (kind !== undefined) return kind;
  if (value instanceof Error) return ItemType.ERROR;
  // Node's files and sockets give them. They are bytes, whatever else their class adds.
  if (value instanceof Uint8Array && prototype.constructor?.name === "Buffer") {
    return ItemType.BUFFER;
  }
  return isObjectPrototype(prototype) ? PLAIN_OBJECT : undefined;
}

/** Returns whether this is `Object.prototype`, of this realm or another. */
function isObjectPrototype(prototype: object): boolean {
  return getPrototypeOf(prototype) === null && hasOwn(prototype, "isPrototypeOf");
}

/**
 * Returns what an object has that would be lost, if there is something: it is more than its kind
 * brings over.
 */
export function lossOf(value: object, kind: number): string | undefined {
  switch (kind) {
    case PLAIN_OBJECT:
    case LIST:
      return lostSymbol(value);
    case ItemType.ERROR:
    case ItemType.DOM_EXCEPTION:
      return undefined;
    case ItemType.BUFFER:
      return lostMemory(value as ArrayBuffer | ArrayBufferView);
  }
  const [name] = keys(value);
  if (name !== undefined) return `${describeType(value)} with the property ${name}`;
  return kind === ItemType.URL ? undefined : lostSymbol(value); // Deno's have symbols of its own
}

function lostSymbol(value: object): string | undefined {
  const symbols = getOwnPropertySymbols(value);
  if (symbols.length === 0) return undefined;
  const lost = symbols.find((symbol) =>
    SPECIAL_KEYS.includes(symbol) || propertyIsEnumerable.call(value, symbol)
  );
  return lost && `an object with the key ${String(lost)}`;
}

function lostMemory(value: ArrayBuffer | ArrayBufferView): string | undefined {
  if (!ArrayBuffer.isView(value)) return value.resizable ? "a resizable ArrayBuffer" : undefined;
  if (value.buffer instanceof ArrayBuffer) return undefined;
  return "a view of a SharedArrayBuffer; send a copy, such as its slice()";
}

/** Returns whether an array has an element at each index, and no named properties. */
export function isDense(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length > FEW_ELEMENTS && !array.includes(undefined)) {
    // It shows named properties behind the elements that it leaves out, and takes 2 µs.
    const shown = inspect(array, { iterableLimit: 0, depth: 0 });
    if (shown === `[ ... ${length} more items ]`) return true;
  }
  const names = keys(array);
  return names.length === length && (length === 0 || names[length - 1] === String(length - 1));
}
