/**
 * Items to bytes.
 *
 * @module
 */

import { Encoder, ExtData } from "@msgpack/msgpack";
import { SerializationError } from "../errors.ts";
import { messageOf, toError } from "../internal/errors.ts";
import { DEFAULT_LIMITS, MAX_FRAME_BYTES } from "./constants.ts";
import { writeUint32 } from "./frames.ts";
import {
  defineProperty,
  errorParts,
  isPlainText,
  ItemType,
  packBigint,
  packBuffer,
  packText16,
  WIRE_LEVELS_PER_LEVEL,
} from "./item_types.ts";

/** The id of a channel, or nothing where `value` is none; throws where it cannot travel. */
export type ChannelId = (value: object) => number | undefined;

const KEPT_BUFFER_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array();
const UNDEFINED = new ExtData(ItemType.UNDEFINED, NOTHING);
const NEGATIVE_ZERO = new ExtData(ItemType.NEGATIVE_ZERO, NOTHING);
/** What is left of the text of an error that is too long to travel with its close. */
const CUT_TEXT_CHARACTERS = 4 * 1024;
const utf8Encoder = new TextEncoder();

/** Encodes items; see {@linkcode ItemCodec}. */
export class ItemEncoder {
  readonly #channelId: ChannelId;
  readonly #maxDepth: number;
  #encoder: Encoder;
  #lenient = false;
  readonly #path: string[] = [];
  #owned: Uint8Array = NOTHING;

  constructor(channelId: ChannelId, maxDepth: number) {
    this.#channelId = channelId;
    this.#maxDepth = maxDepth;
    this.#encoder = this.#newEncoder();
  }

  /** See {@linkcode ItemCodec.encode}. */
  encode(item: unknown, root: string): Uint8Array {
    try {
      if (item instanceof Uint8Array) {
        this.#begin(root);
        return this.#owned = binary(item);
      }
      if (typeof item !== "number" || Object.is(item, -0)) {
        this.#begin(root);
        item = this.#prepare(item, 0);
      }
      const bytes = this.#encoder.encodeSharedRef(item);
      if (bytes.buffer.byteLength <= KEPT_BUFFER_BYTES) return bytes;
      this.#encoder = this.#newEncoder();
      return this.#owned = bytes;
    } catch (cause) {
      if (cause instanceof SerializationError) throw cause;
      throw new SerializationError(`cannot send ${this.#path.join("")}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** The bytes of an error, which fit into a frame; what of it cannot travel is left out. */
  encodeError(error: unknown): Uint8Array {
    const attempts = [
      () => error instanceof Error ? error : bareError(error, Infinity),
      () => bareError(error, Infinity),
      () => bareError(error, CUT_TEXT_CHARACTERS),
    ];
    this.#lenient = true;
    try {
      for (const attempt of attempts) {
        try {
          const bytes = this.encode(attempt(), "error");
          if (bytes.length <= MAX_FRAME_BYTES) return this.own(bytes);
        } catch { /* with less of it, then */ }
      }
      return this.own(this.encode(new Error("an error that cannot be sent"), "error"));
    } finally {
      this.#lenient = false;
    }
  }

  /** See {@linkcode ItemCodec.own}. */
  own(bytes: Uint8Array): Uint8Array {
    return bytes === this.#owned ? bytes : bytes.slice();
  }

  #begin(root: string): void {
    this.#path.length = 0;
    this.#path.push(root);
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
        return isPlainText(value) ? value : new ExtData(ItemType.TEXT16, packText16(value));
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
    const channel = this.#channelId(value);
    if (channel !== undefined) return this.#channel(channel);
    if (value instanceof Map) return this.#nest(ItemType.MAP, this.#entries(value, depth));
    if (value instanceof Set) return this.#nest(ItemType.SET, this.#elements(value, depth));
    if (value instanceof Error) return this.#prepareError(value, depth);
    if (value instanceof Date) return date(value);
    if (value instanceof RegExp) {
      return this.#nest(ItemType.REGEXP, [this.#prepare(value.source, depth), value.flags]);
    }
    if (value instanceof URL) return text(ItemType.URL, value.href);
    const buffer = packBuffer(value);
    return buffer === undefined ? this.#refuse(value) : new ExtData(ItemType.BUFFER, buffer);
  }

  #prepareArray(array: readonly unknown[], depth: number): unknown[] | readonly unknown[] {
    if (array.length > DEFAULT_LIMITS.maxItemBytes) {
      throw new SerializationError(
        `cannot send ${
          this.#path.join("")
        }: an array of length ${array.length}, which no item can hold`,
      );
    }
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
      if (key === "__proto__" || !isPlainText(key)) return this.#prepareAnyKeys(object, depth);
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
      this.#orSkip(() => defineProperty(sendable, key, this.#at(property(key), value, depth)));
    }
    const causes: unknown[] = [];
    for (const value of cause) {
      this.#orSkip(() => void causes.push(this.#at(".cause", value, depth)));
    }
    const texts = [name, message, stack].map((part) => this.#prepare(part, depth));
    return this.#nest(ItemType.ERROR, [...texts, causes, this.#withKeys(sendable, depth)]);
  }

  /** An object whose values are prepared, but not its keys. */
  #withKeys(object: Record<string, unknown>, depth: number): unknown {
    const entries = Object.entries(object);
    if (entries.every(([key]) => key !== "__proto__" && isPlainText(key))) return object;
    const flat = entries.flatMap(([key, value]) => [this.#prepare(key, depth), value]);
    return this.#nest(ItemType.OBJECT, flat);
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
}

/** An error with nothing but its name, message and stack, and no more than `most` characters of each. */
function bareError(error: unknown, most: number): Error {
  const original = toError(error);
  const { name, message, stack } = errorParts(original);
  const bare = new Error(cut(message, most));
  defineProperty(bare, "name", cut(name, most));
  defineProperty(bare, "stack", cut(stack, most));
  return bare;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;
}

/** A `bin` document made by hand: the encoder would copy a large one twice. */
function binary(bytes: Uint8Array): Uint8Array {
  const head = binaryHead(bytes.length);
  const document = new Uint8Array(head.length + bytes.length);
  document.set(head);
  document.set(bytes, head.length);
  return document;
}

/** What makes a document of as many bytes that follow: the head of a `bin`. */
export function binaryHead(length: number): Uint8Array {
  if (length < 0x100) return Uint8Array.of(0xc4, length);
  if (length < 0x10000) return Uint8Array.of(0xc5, length >>> 8, length);
  const head = Uint8Array.of(0xc6, 0, 0, 0, 0);
  writeUint32(head, 1, length);
  return head;
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

/** What an object without a class of a name, such as a generator, calls itself. */
function tagOf(value: object): string {
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return typeof tag === "string" ? tag : "(anonymous)";
}

function describe(value: unknown): string {
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value))
      ? `class ${value.name} itself`
      : `function ${value.name || "(anonymous)"}`;
  }
  if (typeof value === "symbol") return String(value);
  const name = (value as object).constructor?.name;
  const shown = typeof name === "string" && name !== "" ? name : tagOf(value as object);
  return `class ${shown}${value instanceof Promise ? "; await it first" : ""}`;
}
