/**
 * Encodes items.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { binaryHead, binaryItem } from "./binary_item.ts";
import { errorParts } from "./error_parts.ts";
import { describeType, pathOf } from "./item_describe.ts";
import { isDense, kindOf, LIST, lossOf, PLAIN_OBJECT } from "./item_kinds.ts";
import {
  writeBigint,
  writeBuffer,
  writeDate,
  writeRegExp,
  writeText,
  writeUrl,
} from "./item_leaves.ts";
import { checkSize } from "./item_size.ts";
import { ItemType } from "./item_types.ts";
import { PackWriter } from "./pack_writer.ts";

/** Returns the id of a channel, or `undefined` for any other value; throws if it cannot be sent. */
export type ChannelId = (value: object) => number | undefined;

/** What an error has in place of a reference that leads back to it. */
export const CIRCULAR = "[Circular]";
/** The memory is used again up to this size. With more, it is left to the item. */
const KEPT_BUFFER_BYTES = 1024 * 1024;
/** Cycles are looked for once in as many levels. */
const CYCLE_LEVELS = 32;

const { keys } = Object;

/** Encodes items; see {@linkcode ItemCodec}. */
export class ItemEncoder {
  readonly #channelId: ChannelId;
  readonly #maxDepth: number;
  readonly #out = new PackWriter();
  /** The object in hand, behind the containers around it. */
  readonly #chain: object[] = [];
  #root = "";
  #isBusy = false;
  /** The latest result, if it has its memory to itself. */
  #owned: Uint8Array | undefined;

  constructor(channelId: ChannelId, maxDepth: number) {
    this.#channelId = channelId;
    this.#maxDepth = maxDepth;
  }

  /** See {@linkcode ItemCodec.encode}. */
  encode(item: unknown, root: string, maxBytes: number): Uint8Array {
    // A getter of the item that is being encoded may send another.
    if (this.#isBusy) {
      return new ItemEncoder(this.#channelId, this.#maxDepth).encode(item, root, maxBytes);
    }
    this.#out.start(maxBytes);
    if (typeof item === "number") {
      this.#out.number(item);
      return this.#out.written;
    }
    this.#isBusy = true;
    this.#root = root;
    this.#chain.length = 0;
    try {
      if (isBytes(item)) {
        this.#chain.push(item);
        this.#check(item, ItemType.BUFFER);
        checkSize(binaryHead(item.length).length + item.length, maxBytes);
        return this.#owned = binaryItem(item);
      }
      this.#value(item);
      checkSize(this.#out.length, maxBytes);
    } catch (cause) {
      this.#out.release(); // it may have grown large
      if (cause instanceof SerializationError) throw cause;
      throw this.#refusal(messageOf(cause), this.#chain, { cause });
    } finally {
      this.#isBusy = false;
    }
    const bytes = this.#out.written;
    if (bytes.buffer.byteLength <= KEPT_BUFFER_BYTES) return bytes;
    this.#out.release();
    return this.#owned = bytes;
  }

  /** See {@linkcode ItemCodec.own}. */
  own(bytes: Uint8Array): Uint8Array {
    return bytes === this.#owned ? bytes : bytes.slice();
  }

  #value(value: unknown): void {
    switch (typeof value) {
      case "number":
        return this.#out.number(value);
      case "string":
        return this.#text(value);
      case "boolean":
        return this.#out.byte(value ? 0xc3 : 0xc2);
      case "undefined":
        return this.#out.extension(ItemType.UNDEFINED, 0);
      case "bigint":
        return writeBigint(this.#out, value);
      case "object":
        if (value === null) return this.#out.byte(0xc0);
        this.#chain.push(value);
        this.#object(value);
        this.#chain.pop();
        return;
      default:
        throw this.#refusal(describeType(value), [...this.#chain, value]);
    }
  }

  #text(text: string): void {
    writeText(this.#out, text);
  }

  #object(value: object): void {
    const kind = kindOf(value);
    if (kind === undefined) return this.#channel(value);
    this.#check(value, kind);
    switch (kind) {
      case PLAIN_OBJECT:
        this.#enter(value);
        return this.#properties(value as Record<string, unknown>);
      case LIST:
        return this.#list(value as unknown[]);
      case ItemType.BUFFER:
        return writeBuffer(this.#out, value as ArrayBuffer | ArrayBufferView);
      case ItemType.ERROR:
      case ItemType.DOM_EXCEPTION:
        return this.#error(value as Error, kind);
      case ItemType.MAP:
      case ItemType.SET:
        return this.#entries(value as Map<unknown, unknown> | Set<unknown>, kind);
      case ItemType.DATE:
        return writeDate(this.#out, value as Date);
      case ItemType.URL:
        return writeUrl(this.#out, value as URL);
      case ItemType.REGEXP:
        return writeRegExp(this.#out, value as RegExp);
    }
  }

  #properties(object: Record<string, unknown>): void {
    const names = keys(object);
    this.#out.map(names.length);
    for (const name of names) {
      this.#text(name);
      this.#value(object[name]);
    }
  }

  #list(list: readonly unknown[]): void {
    this.#enter(list);
    if (!isDense(list)) return this.#anyList(list);
    const { length } = list;
    this.#out.array(length);
    for (let i = 0; i < length; i++) this.#value(list[i]);
  }

  /** Writes an array with holes or named properties. */
  #anyList(list: readonly unknown[]): void {
    const names = keys(list);
    const place = this.#out.open(ItemType.ARRAY);
    this.#out.array(1 + 2 * names.length);
    this.#out.number(list.length);
    for (const name of names) {
      const index = Number(name);
      if (index < list.length && String(index) === name) this.#out.number(index);
      else this.#text(name);
      this.#value((list as unknown as Record<string, unknown>)[name]);
    }
    this.#out.close(place);
  }

  #entries(collection: Map<unknown, unknown> | Set<unknown>, type: number): void {
    this.#enter(collection);
    const { size } = collection;
    const place = this.#out.open(type);
    const isMap = type === ItemType.MAP;
    this.#out.array(isMap ? 2 * size : size);
    let count = 0;
    for (const [key, value] of collection.entries()) {
      this.#value(key);
      if (isMap) this.#value(value);
      count++;
    }
    if (count !== size) throw new TypeError("it was changed while it was encoded");
    this.#out.close(place);
  }

  #error(error: Error, type: number): void {
    if (this.#chain.indexOf(error) < this.#chain.length - 1) return this.#text(CIRCULAR);
    this.#enter(error);
    const { name, message, stack, cause, properties } = errorParts(error);
    const place = this.#out.open(type);
    this.#out.array(5);
    for (const text of [name, message, stack]) this.#text(text);
    this.#out.array(cause.length);
    for (const value of cause) this.#value(value);
    this.#properties(properties);
    this.#out.close(place);
  }

  #channel(value: object): void {
    const id = this.#channelId(value);
    if (id === undefined) throw this.#refusal(describeType(value));
    this.#out.extension(ItemType.CHANNEL, 4);
    this.#out.uint32(id);
  }

  #check(value: object, kind: number): void {
    const loss = lossOf(value, kind);
    if (loss !== undefined) throw this.#refusal(loss);
  }

  /** Begins a container, which is the last of the chain. */
  #enter(container: object): void {
    const { length } = this.#chain;
    if (length % CYCLE_LEVELS === 0 && this.#chain.indexOf(container) < length - 1) {
      const again = this.#chain.findIndex((at, i) => this.#chain.indexOf(at) < i);
      const first = this.#chain.indexOf(this.#chain[again]);
      const goal = pathOf(this.#root, this.#chain.slice(0, first + 1));
      throw this.#refusal(`a cycle, back to ${goal}`, this.#chain.slice(0, again + 1));
    }
    if (length > this.#maxDepth) {
      throw this.#refusal(`it is nested deeper than ${this.#maxDepth} levels`);
    }
  }

  #refusal(why: string, chain: readonly unknown[] = this.#chain, options?: ErrorOptions) {
    return new SerializationError(`cannot send ${pathOf(this.#root, chain)}: ${why}`, options);
  }
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && kindOf(value) === ItemType.BUFFER;
}
