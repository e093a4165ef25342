/**
 * Items on the wire: MessagePack, with extension types for what it lacks.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { DEFAULT_LIMITS } from "./constants.ts";
import { ItemDecoder } from "./item_decoder.ts";
import { ItemEncoder } from "./item_encoder.ts";

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
  readonly #encoder: ItemEncoder;
  readonly #decoder: ItemDecoder;

  /** @param maxDepth The deepest nesting taken and sent; default 256. */
  constructor(
    channels: ChannelReferences = NO_CHANNELS,
    maxDepth: number = DEFAULT_LIMITS.maxItemDepth,
  ) {
    this.#encoder = new ItemEncoder((value) => channels.idOf(value), maxDepth);
    this.#decoder = new ItemDecoder((id) => channels.byId(id), maxDepth);
  }

  /**
   * The bytes of an item; the next call overwrites them, see {@linkcode ItemCodec.own}.
   *
   * @param root What an error message calls the item; default `"item"`.
   * @throws {SerializationError} naming the path and the type of what cannot travel.
   */
  encode(item: unknown, root = "item"): Uint8Array {
    return this.#encoder.encode(item, root);
  }

  /** The bytes of an error, for good. They fit into a frame: what cannot travel is left out. */
  encodeError(error: unknown): Uint8Array {
    return this.#encoder.encodeError(error);
  }

  /** The bytes of the latest {@linkcode ItemCodec.encode} for good: a copy, unless it was one. */
  own(bytes: Uint8Array): Uint8Array {
    return this.#encoder.own(bytes);
  }

  /**
   * The item of `bytes`; it shares no memory with them.
   *
   * @throws {ProtocolError} when the bytes are not an item.
   */
  decode(bytes: Uint8Array): unknown {
    return this.#decoder.decode(bytes);
  }

  /**
   * Whether `bytes` mean something else on another connection, because a channel may be in them.
   *
   * @throws {ProtocolError} when the bytes are not an item.
   */
  mayHaveChannels(bytes: Uint8Array): boolean {
    return this.#decoder.mayHaveChannels(bytes);
  }
}
