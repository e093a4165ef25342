/**
 * Decodes items.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { errorFromParts } from "./error_parts.ts";
import { readUint32 } from "./frames.ts";
import { ItemType, setProperty, unpackBigint, unpackBuffer } from "./item_types.ts";
import { malformed, PackReader } from "./pack_reader.ts";
import { decodeUtf8, joinText } from "./text.ts";

/** Decodes items; see {@linkcode ItemCodec}. */
export class ItemDecoder extends PackReader {
  readonly #channel: (id: number, over: unknown) => object;
  #over: unknown;
  #hasChannels = false;

  constructor(channel: (id: number, over: unknown) => object, maxDepth: number) {
    super(maxDepth);
    this.#channel = channel;
  }

  /** Whether the latest item has channels. */
  get hasChannels(): boolean {
    return this.#hasChannels;
  }

  /** See {@linkcode ItemCodec.decode}. */
  decode(bytes: Uint8Array, over?: unknown): unknown {
    this.#hasChannels = false;
    this.#over = over;
    try {
      return this.document(bytes);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      const why = messageOf(cause);
      throw new ProtocolError(`the peer sent an item that is broken: ${why}`, { cause });
    } finally {
      this.#over = undefined; // it would keep the channel, and all behind it, until the next item
    }
  }

  protected override extension(type: number): unknown {
    switch (type) {
      case ItemType.UNDEFINED:
        return undefined;
      case ItemType.ARRAY:
        return this.#array();
      case ItemType.BIGINT:
        return valid(unpackBigint(decodeUtf8(this.bytes())), type);
      case ItemType.DATE:
        return new Date(this.float(8));
      case ItemType.REGEXP:
        this.#head(2, type);
        return new RegExp(this.text(), this.text());
      case ItemType.URL:
        return new URL(decodeUtf8(this.bytes()));
      case ItemType.ERROR:
      case ItemType.DOM_EXCEPTION:
        return this.#error(type);
      case ItemType.MAP:
        return this.#map();
      case ItemType.SET:
        return this.#set();
      case ItemType.BUFFER:
        return valid(unpackBuffer(this.bytes()), type);
      case ItemType.CHANNEL:
        this.#hasChannels = true;
        return this.#channel(readUint32(this.bytes(4), 0), this.#over);
      case ItemType.TEXT16:
        return valid(joinText(Array.from({ length: this.arrayHead() }, () => this.value())), type);
      default:
        throw new ProtocolError(`the peer sent an item of unknown extension type ${type}`);
    }
  }

  #map(): Map<unknown, unknown> {
    this.enter();
    const map = new Map();
    for (let left = this.arrayHead(); left > 0; left -= 2) {
      if (left === 1) throw malformed(ItemType.MAP);
      map.set(this.value(), this.value());
    }
    this.leave();
    return map;
  }

  #set(): Set<unknown> {
    this.enter();
    const set = new Set();
    for (let left = this.arrayHead(); left > 0; left--) set.add(this.value());
    this.leave();
    return set;
  }

  #array(): unknown[] {
    this.enter();
    const array: unknown[] = [];
    let left = this.arrayHead();
    const length = left % 2 === 1 ? this.value() : undefined;
    if (typeof length !== "number") throw malformed(ItemType.ARRAY);
    array.length = length;
    while ((left -= 2) > 0) {
      const key = this.value();
      const isIndex = typeof key === "number" && key < length;
      if (!isIndex && typeof key !== "string") throw malformed(ItemType.ARRAY);
      setProperty(array, key, this.value());
    }
    this.leave();
    return array;
  }

  #error(type: number): Error {
    this.enter();
    this.#head(5, type);
    const name = this.text();
    const message = this.text();
    const stack = this.text();
    const causes = this.arrayHead();
    if (causes > 1) throw malformed(type);
    const cause = causes === 1 ? [this.value()] : [];
    const properties = this.map();
    this.leave();
    const parts = { name, message, stack, cause, properties };
    return errorFromParts(parts, type === ItemType.DOM_EXCEPTION);
  }

  #head(length: number, type: number): void {
    if (this.arrayHead() !== length) throw malformed(type);
  }
}

function valid<T>(value: T | undefined, type: number): T {
  if (value === undefined) throw malformed(type);
  return value;
}
