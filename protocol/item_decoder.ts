/**
 * Decodes items.
 *
 * @module
 */

import { Decoder } from "@msgpack/msgpack";
import { ProtocolError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { errorFromParts, type ErrorParts } from "./error_parts.ts";
import { readUint32 } from "./frames.ts";
import {
  defineProperty,
  ItemType,
  unpackBigint,
  unpackBuffer,
  unpackText16,
  WIRE_LEVELS_PER_LEVEL,
} from "./item_types.ts";
import { checkStructure, HAS_BINARY, MAY_HAVE_CHANNELS } from "./structure.ts";

const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes items; see {@linkcode ItemCodec}. */
export class ItemDecoder {
  readonly #channel: (id: number) => object;
  readonly #maxLevels: number;
  readonly #decoder: Decoder;
  /** How deep extensions are nested around the document that is being decoded. */
  #levels = 0;

  constructor(channel: (id: number) => object, maxDepth: number) {
    this.#channel = channel;
    this.#maxLevels = maxDepth * WIRE_LEVELS_PER_LEVEL;
    this.#decoder = new Decoder({
      extensionCodec: {
        tryToEncode: () => null,
        decode: (data, type) => this.#decodeExtension(data, type),
      },
    });
  }

  /** See {@linkcode ItemCodec.decode}. */
  decode(bytes: Uint8Array): unknown {
    if (bytes.length === 1 && bytes[0] < 0x80) return bytes[0];
    if (this.#levels >= this.#maxLevels) {
      throw new ProtocolError(`the peer sent an item nested deeper than ${this.#maxLevels} levels`);
    }
    const seen = checkStructure(bytes, this.#maxLevels - this.#levels);
    let item: unknown;
    this.#levels++;
    try {
      item = this.#decoder.decode(bytes);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      const why = messageOf(cause);
      throw new ProtocolError(`the peer sent an item that is broken: ${why}`, { cause });
    } finally {
      this.#levels--;
    }
    return (seen & HAS_BINARY) !== 0 ? detach(item) : item;
  }

  /** See {@linkcode ItemCodec.mayHaveChannels}. */
  mayHaveChannels(bytes: Uint8Array): boolean {
    return (checkStructure(bytes, this.#maxLevels) & MAY_HAVE_CHANNELS) !== 0;
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
        return this.#channel(readUint32(data, 0));
      case ItemType.OBJECT: {
        const object = {};
        for (const [key, value] of pairs(this.#list(data, type), type)) {
          defineProperty(object, asText(key, type), value);
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
      properties: properties as Record<string, unknown>,
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

/** Copies every `bin` value into its own memory: the decoder returns views of its input. */
function detach(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = detach(value[i]);
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member === "object") defineProperty(value, key, detach(member));
    }
  }
  return value;
}
