/**
 * Prepares items for MessagePack: checks each value, and replaces those that MessagePack has no type
 * for by extensions.
 *
 * @module
 */

import { ExtData } from "@msgpack/msgpack";
import { SerializationError } from "../errors.ts";
import { DEFAULT_LIMITS } from "./constants.ts";
import { errorParts } from "./error_parts.ts";
import { writeUint32 } from "./frames.ts";
import { describeType, propertyStep } from "./item_describe.ts";
import {
  defineProperty,
  isPlainText,
  ItemType,
  packBigint,
  packBuffer,
  packText16,
} from "./item_types.ts";

/** Returns the id of a channel, or `undefined` for any other value; throws if it cannot be sent. */
export type ChannelId = (value: object) => number | undefined;

const NOTHING = new Uint8Array();
const UNDEFINED = new ExtData(ItemType.UNDEFINED, NOTHING);
const NEGATIVE_ZERO = new ExtData(ItemType.NEGATIVE_ZERO, NOTHING);
const utf8Encoder = new TextEncoder();

/** How an {@linkcode ItemPreparer} treats items. */
export interface PreparerOptions {
  channelId: ChannelId;
  maxDepth: number;
  /** Whether causes and properties of errors that cannot be sent are refused, or left out. */
  unsendable: "refuse" | "skip";
  /** Encodes the document inside an extension. */
  encode(prepared: unknown): Uint8Array;
}

/** Prepares one item after the other. */
export class ItemPreparer {
  readonly #channelId: ChannelId;
  readonly #maxDepth: number;
  readonly #unsendable: PreparerOptions["unsendable"];
  readonly #encode: PreparerOptions["encode"];
  /** The way to the value in hand, for messages. */
  readonly #path: string[] = [];

  constructor({ channelId, maxDepth, unsendable, encode }: PreparerOptions) {
    this.#channelId = channelId;
    this.#maxDepth = maxDepth;
    this.#unsendable = unsendable;
    this.#encode = encode;
  }

  /** Begins an item, which messages call `root`. */
  begin(root: string): void {
    this.#path.length = 0;
    this.#path.push(root);
  }

  /**
   * Returns what MessagePack can write for an item: a copy with extensions, or the item itself if
   * nothing in it needs one.
   *
   * @throws {SerializationError} naming the path and the type of what cannot be sent.
   */
  prepare(item: unknown): unknown {
    return this.#prepare(item, 0);
  }

  /** Returns the error that says why the value in hand cannot be sent. */
  error(why: string, options?: ErrorOptions): SerializationError {
    return new SerializationError(`cannot send ${this.#path.join("")}: ${why}`, options);
  }

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
        throw this.error(describeType(value));
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
    if (buffer === undefined) throw this.error(describeType(value));
    return new ExtData(ItemType.BUFFER, buffer);
  }

  #prepareArray(array: readonly unknown[], depth: number): unknown[] | readonly unknown[] {
    if (array.length > DEFAULT_LIMITS.maxItemBytes) {
      throw this.error(`an array of length ${array.length}, which no item can hold`);
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
        : this.#at(propertyStep(key), value, depth);
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
      flat.push(this.#prepare(key, depth), this.#at(propertyStep(key), object[key], depth));
    }
    return this.#nest(ItemType.OBJECT, flat);
  }

  #prepareError(error: Error, depth: number): ExtData {
    const { name, message, stack, cause, properties } = errorParts(error);
    const sendable: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(properties)) {
      this.#orSkip(() => defineProperty(sendable, key, this.#at(propertyStep(key), value, depth)));
    }
    const causes: unknown[] = [];
    for (const value of cause) {
      this.#orSkip(() => void causes.push(this.#at(".cause", value, depth)));
    }
    const texts = [name, message, stack].map((part) => this.#prepare(part, depth));
    return this.#nest(ItemType.ERROR, [...texts, causes, this.#withKeys(sendable, depth)]);
  }

  /** Prepares the keys of an object whose values are prepared. */
  #withKeys(object: Record<string, unknown>, depth: number): unknown {
    const entries = Object.entries(object);
    if (entries.every(([key]) => key !== "__proto__" && isPlainText(key))) return object;
    const flat = entries.flatMap(([key, value]) => [this.#prepare(key, depth), value]);
    return this.#nest(ItemType.OBJECT, flat);
  }

  /** Runs `part`, which prepares a part of an error. */
  #orSkip(part: () => void): void {
    const length = this.#path.length;
    try {
      part();
    } catch (error) {
      if (this.#unsendable === "refuse") throw error;
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
    return new ExtData(type, this.#encode(prepared));
  }

  #channel(id: number): ExtData {
    const bytes = new Uint8Array(4);
    writeUint32(bytes, 0, id);
    return new ExtData(ItemType.CHANNEL, bytes);
  }
}

function text(type: number, value: string): ExtData {
  return new ExtData(type, utf8Encoder.encode(value));
}

function date(value: Date): ExtData {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value.getTime());
  return new ExtData(ItemType.DATE, bytes);
}
