/**
 * Items on the wire: MessagePack, with extension types for what it lacks.
 *
 * @module
 */

import { Decoder, Encoder, ExtData } from "@msgpack/msgpack";
import { ProtocolError, SerializationError } from "../errors.ts";
import { DEFAULT_LIMITS } from "./constants.ts";
import { readUint32, writeUint32 } from "./frames.ts";
import {
  errorFromParts,
  type ErrorParts,
  errorParts,
  ItemType,
  packBigint,
  packBuffer,
  packText16,
  unpackBigint,
  unpackBuffer,
  unpackText16,
} from "./item_types.ts";
import { checkStructure } from "./structure.ts";

/** How channels inside items become ids and back; the multiplexer's part of the codec. */
export interface ChannelReferences {
  /**
   * The id of a channel, or nothing where `value` is none.
   *
   * @throws {SerializationError} when it is a channel that cannot travel here.
   */
  idOf(value: object): number | undefined;
  /** The channel of an id. */
  byId(id: number): object;
}

const NO_CHANNELS: ChannelReferences = {
  idOf: () => undefined,
  byId(id) {
    throw new ProtocolError(`the peer sent channel ${id} where no channel can be`);
  },
};

// Maps, sets and errors are an extension around an array: more levels on the wire than in memory.
const WIRE_LEVELS_PER_LEVEL = 3;
const KEPT_BUFFER_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array();
const UNDEFINED = new ExtData(ItemType.UNDEFINED, NOTHING);
const NEGATIVE_ZERO = new ExtData(ItemType.NEGATIVE_ZERO, NOTHING);
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Encodes and decodes items; one for each connection, as channels are named by their ids in it.
 *
 * @example
 * ```ts
 * import { ItemCodec } from "./items.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const codec = new ItemCodec();
 * const bytes = codec.encode({ size: 3n, when: new Date(0) });
 * assertEquals(codec.decode(bytes), { size: 3n, when: new Date(0) });
 * ```
 */
export class ItemCodec {
  readonly #channels: ChannelReferences;
  readonly #maxDepth: number;
  #encoder: Encoder;
  readonly #decoder: Decoder;
  #decodeDepth = 0;
  #lenient = false;
  readonly #path: string[] = [];
  #owned: Uint8Array = NOTHING;

  /** @param maxDepth The deepest nesting taken and sent; default 256. */
  constructor(
    channels: ChannelReferences = NO_CHANNELS,
    maxDepth: number = DEFAULT_LIMITS.maxItemDepth,
  ) {
    this.#channels = channels;
    this.#maxDepth = maxDepth;
    this.#encoder = this.#newEncoder();
    this.#decoder = new Decoder({
      extensionCodec: {
        tryToEncode: () => null,
        decode: (data, type) => this.#decodeExtension(data, type),
      },
    });
  }

  /**
   * The bytes of an item; the next call overwrites them, see {@linkcode ItemCodec.own}.
   *
   * @param root What an error message calls the item; default `"item"`.
   * @throws {SerializationError} naming the path and the type of what cannot travel.
   */
  encode(item: unknown, root = "item"): Uint8Array {
    if (item instanceof Uint8Array) return this.#owned = binary(item);
    if (typeof item !== "number" || Object.is(item, -0)) {
      this.#path.length = 0;
      this.#path.push(root);
      item = this.#prepare(item, 0);
    }
    try {
      const bytes = this.#encoder.encodeSharedRef(item);
      if (bytes.buffer.byteLength <= KEPT_BUFFER_BYTES) return bytes;
      this.#encoder = this.#newEncoder();
      return this.#owned = bytes;
    } catch (cause) {
      throw new SerializationError(`cannot send ${root}: ${message(cause)}`, { cause });
    }
  }

  /** The bytes of an error; what of its properties cannot travel is left out. */
  encodeError(error: unknown): Uint8Array {
    this.#lenient = true;
    try {
      return this.own(this.encode(error, "error"));
    } catch {
      const { name, message, stack } = errorParts(
        error instanceof Error ? error : new Error(`a value that cannot be sent was thrown`),
      );
      const bare = Object.assign(new Error(message), { stack });
      Object.defineProperty(bare, "name", { value: name });
      return this.own(this.encode(bare));
    } finally {
      this.#lenient = false;
    }
  }

  /** The bytes of the latest {@linkcode ItemCodec.encode} for good: a copy, unless it was one. */
  own(bytes: Uint8Array): Uint8Array {
    return bytes === this.#owned ? bytes : bytes.slice();
  }

  /**
   * The item of `bytes`; it shares no memory with them.
   *
   * @throws {ProtocolError} when the bytes are not an item.
   */
  decode(bytes: Uint8Array): unknown {
    if (bytes.length === 1 && bytes[0] < 0x80) return bytes[0];
    const hasBinary = checkStructure(
      bytes,
      this.#maxDepth * WIRE_LEVELS_PER_LEVEL - this.#decodeDepth,
    );
    let item: unknown;
    this.#decodeDepth++;
    try {
      item = this.#decoder.decode(bytes);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      throw new ProtocolError(`the peer sent an item that is broken: ${message(cause)}`, { cause });
    } finally {
      this.#decodeDepth--;
    }
    return hasBinary ? detach(item) : item;
  }

  #newEncoder(): Encoder {
    return new Encoder({
      maxDepth: this.#maxDepth * WIRE_LEVELS_PER_LEVEL,
      extensionCodec: {
        tryToEncode: (value) => value instanceof ExtData ? value : null,
        decode: () => null,
      },
    });
  }

  /** What the encoder can write of `value`: itself where nothing in it needs an extension. */
  #prepare(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "number":
        return Object.is(value, -0) ? NEGATIVE_ZERO : value;
      case "boolean":
        return value;
      case "string":
        return value.isWellFormed() ? value : new ExtData(ItemType.TEXT16, packText16(value));
      case "undefined":
        return UNDEFINED;
      case "bigint":
        return text(ItemType.BIGINT, packBigint(value));
      case "object":
        return value === null ? null : this.#prepareObject(value, depth);
      default:
        return this.#refuse(value);
    }
  }

  #prepareObject(value: object, depth: number): unknown {
    if (depth >= this.#maxDepth) {
      throw new SerializationError(
        `cannot send ${this.#path[0]}: it is nested deeper than ${this.#maxDepth} levels ` +
          `(a cycle?) at ${this.#path.slice(0, 5).join("")}…`,
      );
    }
    if (Array.isArray(value)) return this.#prepareArray(value, depth);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      return this.#preparePlain(value as Record<string, unknown>, depth);
    }
    if (value instanceof Uint8Array) return value;
    const channel = this.#channels.idOf(value);
    if (channel !== undefined) return this.#channel(channel);
    if (value instanceof Map) return this.#nest(ItemType.MAP, this.#entries(value, depth));
    if (value instanceof Set) return this.#nest(ItemType.SET, this.#elements(value, depth));
    if (value instanceof Error) return this.#prepareError(value, depth);
    if (value instanceof Date) return date(value);
    if (value instanceof RegExp) return this.#nest(ItemType.REGEXP, [value.source, value.flags]);
    if (value instanceof URL) return text(ItemType.URL, value.href);
    const buffer = packBuffer(value);
    return buffer === undefined ? this.#refuse(value) : new ExtData(ItemType.BUFFER, buffer);
  }

  #prepareArray(array: readonly unknown[], depth: number): unknown[] | readonly unknown[] {
    let changed: unknown[] | undefined;
    for (let i = 0; i < array.length; i++) {
      const element = array[i];
      const prepared = typeof element === "number" && element !== 0
        ? element
        : this.#at(`[${i}]`, element, depth);
      if (prepared !== element || changed !== undefined) {
        changed ??= array.slice(0, i);
        changed[i] = prepared;
      }
    }
    return changed ?? array;
  }

  #preparePlain(object: Record<string, unknown>, depth: number): unknown {
    let changed: Record<string, unknown> | undefined;
    for (const key of Object.keys(object)) {
      if (key === "__proto__" || !key.isWellFormed()) return this.#prepareAnyKeys(object, depth);
      const value = object[key];
      const prepared = typeof value === "number" && value !== 0
        ? value
        : this.#at(property(key), value, depth);
      if (prepared !== value) {
        changed ??= { ...object };
        changed[key] = prepared;
      }
    }
    return changed ?? object;
  }

  #prepareAnyKeys(object: Record<string, unknown>, depth: number): ExtData {
    const flat: unknown[] = [];
    for (const key of Object.keys(object)) {
      flat.push(this.#prepare(key, depth), this.#at(property(key), object[key], depth));
    }
    return this.#nest(ItemType.OBJECT, flat);
  }

  #prepareError(error: Error, depth: number): ExtData {
    const { name, message, stack, cause, properties } = errorParts(error);
    const sendable: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(properties)) {
      this.#orSkip(() => void (sendable[key] = this.#at(property(key), value, depth)));
    }
    const causes: unknown[] = [];
    for (const value of cause) {
      this.#orSkip(() => void causes.push(this.#at(".cause", value, depth)));
    }
    return this.#nest(ItemType.ERROR, [name, message, stack, causes, sendable]);
  }

  /** Leaves out what cannot travel, where an error must arrive in any case. */
  #orSkip(part: () => void): void {
    const length = this.#path.length;
    try {
      part();
    } catch (error) {
      if (!this.#lenient) throw error;
      this.#path.length = length;
    }
  }

  #entries(map: Map<unknown, unknown>, depth: number): unknown[] {
    const flat: unknown[] = [];
    for (const [key, value] of map) {
      const shown = typeof key === "string" ? JSON.stringify(key) : `#${flat.length / 2}`;
      flat.push(this.#at(`.key(${shown})`, key, depth), this.#at(`.get(${shown})`, value, depth));
    }
    return flat;
  }

  #elements(set: Set<unknown>, depth: number): unknown[] {
    return Array.from(set, (element, i) => this.#at(`.element(${i})`, element, depth));
  }

  #at(step: string, value: unknown, depth: number): unknown {
    this.#path.push(step);
    const prepared = this.#prepare(value, depth + 1);
    this.#path.pop();
    return prepared;
  }

  #nest(type: number, prepared: unknown): ExtData {
    return new ExtData(type, this.#encoder.encode(prepared));
  }

  #channel(id: number): ExtData {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, id);
    return new ExtData(ItemType.CHANNEL, bytes);
  }

  #refuse(value: unknown): never {
    throw new SerializationError(`cannot send ${this.#path.join("")}: ${describe(value)}`);
  }

  #decodeExtension(data: Uint8Array, type: number): unknown {
    switch (type) {
      case ItemType.UNDEFINED:
        return undefined;
      case ItemType.NEGATIVE_ZERO:
        return -0;
      case ItemType.BIGINT:
        return valid(unpackBigint(utf8Decoder.decode(data)), type);
      case ItemType.DATE:
        valid(data.length === 8 || undefined, type);
        return new Date(new DataView(data.buffer, data.byteOffset, 8).getFloat64(0));
      case ItemType.REGEXP: {
        const [source, flags] = this.#list(data, type);
        return new RegExp(asText(source, type), asText(flags, type));
      }
      case ItemType.URL:
        return new URL(utf8Decoder.decode(data));
      case ItemType.ERROR:
        return this.#decodeError(data);
      case ItemType.MAP:
        return new Map(pairs(this.#list(data, type), type));
      case ItemType.SET:
        return new Set(this.#list(data, type));
      case ItemType.BUFFER:
        return valid(unpackBuffer(data), type);
      case ItemType.CHANNEL:
        valid(data.length === 4 || undefined, type);
        return this.#channels.byId(readUint32(data, 0));
      case ItemType.OBJECT: {
        const object = {};
        for (const [key, value] of pairs(this.#list(data, type), type)) {
          define(object, asText(key, type), value);
        }
        return object;
      }
      case ItemType.TEXT16:
        return valid(unpackText16(data), type);
      default:
        throw new ProtocolError(`the peer sent an item of unknown extension type ${type}`);
    }
  }

  #decodeError(data: Uint8Array): Error {
    const [name, message, stack, cause, properties] = this.#list(data, ItemType.ERROR);
    if (!Array.isArray(cause) || typeof properties !== "object" || properties === null) {
      throw malformed(ItemType.ERROR);
    }
    const parts: ErrorParts = {
      name: asText(name, ItemType.ERROR),
      message: asText(message, ItemType.ERROR),
      stack: asText(stack, ItemType.ERROR),
      cause,
      properties: { ...properties },
    };
    return errorFromParts(parts);
  }

  #list(data: Uint8Array, type: number): unknown[] {
    const list = this.decode(data);
    if (!Array.isArray(list)) throw malformed(type);
    return list;
  }
}

function malformed(type: number): ProtocolError {
  return new ProtocolError(`the peer sent a malformed item (extension type ${type})`);
}

function valid<T>(value: T | undefined, type: number): T {
  if (value === undefined) throw malformed(type);
  return value;
}

function asText(value: unknown, type: number): string {
  if (typeof value !== "string") throw malformed(type);
  return value;
}

function pairs(flat: unknown[], type: number): [unknown, unknown][] {
  if (flat.length % 2 !== 0) throw malformed(type);
  const entries: [unknown, unknown][] = [];
  for (let i = 0; i < flat.length; i += 2) entries.push([flat[i], flat[i + 1]]);
  return entries;
}

/** Sets an own property, whatever its name. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Gives every `bin` value memory of its own: the decoder hands out views of what it decoded. */
function detach(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = detach(value[i]);
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member === "object") define(value, key, detach(member));
    }
  }
  return value;
}

/** A `bin` document made by hand: the encoder would copy a large one twice. */
function binary(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const head = length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
  const document = new Uint8Array(head + length);
  if (head === 5) {
    document[0] = 0xc6;
    writeUint32(document, 1, length);
  } else {
    document[0] = head === 2 ? 0xc4 : 0xc5;
    document[head - 1] = length;
    if (head === 3) document[1] = length >>> 8;
  }
  document.set(bytes, head);
  return document;
}

function text(type: number, value: string): ExtData {
  return new ExtData(type, utf8Encoder.encode(value));
}

function date(value: Date): ExtData {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value.getTime());
  return new ExtData(ItemType.DATE, bytes);
}

function property(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

function describe(value: unknown): string {
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value))
      ? `class ${value.name} itself`
      : `function ${value.name || "(anonymous)"}`;
  }
  if (typeof value === "symbol") return String(value);
  const name = (value as object).constructor?.name;
  return `class ${typeof name === "string" && name !== "" ? name : "(anonymous)"}`;
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
