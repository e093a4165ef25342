/**
 * Decodes items.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { Cost, type CostMeter } from "./decoded_cost.ts";
import { errorFromParts } from "./error_parts.ts";
import { readUint32 } from "./frames.ts";
import { ItemType, setProperty, unpackBigint, unpackBuffer } from "./item_types.ts";
import { malformed } from "./pack_errors.ts";
import { PackReader } from "./pack_reader.ts";
import { decodeUtf8, joinText } from "./text.ts";

/** What values of extension types take, in bytes; see {@linkcode Cost}. */
const COSTS: Readonly<Partial<Record<number, number>>> = {
  [ItemType.ARRAY]: 96,
  [ItemType.BIGINT]: 32,
  [ItemType.DATE]: 112,
  [ItemType.REGEXP]: 160,
  [ItemType.URL]: 192,
  [ItemType.ERROR]: 1200,
  [ItemType.MAP]: 208,
  [ItemType.SET]: 176,
  [ItemType.BUFFER]: 256,
  [ItemType.CHANNEL]: 64,
  [ItemType.DOM_EXCEPTION]: 1200,
  [ItemType.TEXT16]: 64,
};
/** So much is shown of a text of unknown length. */
const SHOWN_CHARACTERS = 150;
/** Fewer holes are allocated. */
const MOST_HOLES = 2048;

/** Knows the channels that items name. */
export interface ChannelById {
  /**
   * Returns the channel of an id.
   *
   * @param over What was passed to {@linkcode ItemCodec.decode}.
   * @param meter Counts what a channel takes that is made for this reference.
   */
  byId(id: number, over: unknown, meter: CostMeter): object;
}

/** Decodes items; see {@linkcode ItemCodec}. */
export class ItemDecoder extends PackReader {
  readonly #channels: ChannelById;
  #over: unknown;
  #hasChannels = false;

  constructor(
    channels: ChannelById,
    maxDepth: number,
    maxCost: number,
  ) {
    super(maxDepth, maxCost);
    this.#channels = channels;
  }

  /** Whether the latest item has channels. */
  get hasChannels(): boolean {
    return this.#hasChannels;
  }

  /** See {@linkcode ItemCodec.decodedCost}. */
  get cost(): number {
    return this.meter.cost;
  }

  /** See {@linkcode ItemCodec.decode}. */
  decode(bytes: Uint8Array, over: unknown, start: number, end: number): unknown {
    this.#hasChannels = false;
    this.#over = over;
    try {
      return this.document(bytes, start, end);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      // The message has texts of the peer, of any length: so it is no cause, either.
      const why = messageOf(cause).slice(0, SHOWN_CHARACTERS).replace(/[^ -~]+/g, "?");
      throw new ProtocolError(`the peer sent an item that is broken: ${why}`);
    } finally {
      this.#over = undefined; // it would keep the channel, and all behind it, until the next item
    }
  }

  protected override extension(type: number): unknown {
    this.meter.charge(COSTS[type] ?? 0);
    switch (type) {
      case ItemType.UNDEFINED:
        return undefined;
      case ItemType.ARRAY:
        return this.#array();
      case ItemType.BIGINT:
        return valid(unpackBigint(this.#wholeText()), type);
      case ItemType.DATE:
        return new Date(this.float(8));
      case ItemType.REGEXP:
        this.#head(2, type);
        return new RegExp(this.text(), this.text());
      case ItemType.URL:
        return new URL(this.#wholeText());
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
        return this.#channels.byId(readUint32(this.bytes(4), 0), this.#over, this.meter);
      case ItemType.TEXT16:
        return valid(joinText(Array.from({ length: this.arrayHead() }, () => this.value())), type);
      default:
        throw new ProtocolError(`the peer sent an item of unknown extension type ${type}`);
    }
  }

  #map(): Map<unknown, unknown> {
    this.enter();
    const map = new Map();
    let left = this.arrayHead();
    this.meter.charge(Cost.ENTRY * left);
    for (; left > 0; left -= 2) {
      if (left === 1) throw malformed(ItemType.MAP);
      map.set(this.value(), this.value());
    }
    this.leave();
    return map;
  }

  #set(): Set<unknown> {
    this.enter();
    const set = new Set();
    let left = this.arrayHead();
    this.meter.charge(Cost.ENTRY * left);
    for (; left > 0; left--) set.add(this.value());
    this.leave();
    return set;
  }

  #array(): unknown[] {
    this.enter();
    const array: unknown[] = [];
    let left = this.arrayHead();
    const length = left % 2 === 1 ? this.value() : undefined;
    if (typeof length !== "number") throw malformed(ItemType.ARRAY);
    this.#setLength(array, length, left);
    while ((left -= 2) > 0) {
      const key = this.value();
      const isIndex = typeof key === "number" && key < length;
      if (!isIndex && typeof key !== "string") throw malformed(ItemType.ARRAY);
      setProperty(array, key, this.value());
    }
    this.leave();
    return array;
  }

  /** Many holes take no memory in an array whose elements are a dictionary, as a large gap makes them. */
  #setLength(array: unknown[], length: number, parts: number): void {
    const isSparse = length > MOST_HOLES + 4 * parts;
    this.meter.charge(isSparse ? Cost.SPARSE_ELEMENT * parts : Cost.ELEMENT * length);
    if (isSparse) {
      array[length - 1] = undefined;
      delete array[length - 1];
    }
    array.length = length;
  }

  #wholeText(): string {
    const bytes = this.bytes();
    this.meter.charge(4 * bytes.length);
    return decodeUtf8(bytes);
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
