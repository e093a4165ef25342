/**
 * The codec of items: MessagePack, with extension types for the values that it has no type for.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { DEFAULT_LIMITS, MAX_FRAME_BYTES } from "./constants.ts";
import { type ChannelById, ItemDecoder } from "./item_decoder.ts";
import { type ChannelId, ItemEncoder } from "./item_encoder.ts";
import { encodeError } from "./item_error.ts";

/** Maps channels inside items to ids and back. The multiplexer implements it. */
export interface ChannelReferences extends ChannelById {
  /**
   * Returns the id of a channel, or `undefined` if `value` is not a channel.
   *
   * @throws {SerializationError} if the channel cannot be sent over this connection.
   */
  idOf(value: object): number | undefined;
}

const NO_CHANNELS: ChannelReferences = {
  idOf: () => undefined,
  byId(id) {
    throw new ProtocolError(`the peer sent channel ${id} where no channel can be`);
  },
};

/**
 * Encodes and decodes items. Each connection has its own codec, because channels are named by their
 * ids on that connection.
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
  readonly #channelId: ChannelId;
  readonly #maxDepth: number;
  readonly #encoder: ItemEncoder;
  readonly #decoder: ItemDecoder;

  /**
   * @param maxDepth The deepest nesting that is sent and accepted; default 1,000.
   * @param maxCost What an item may become in memory when it is decoded, in bytes; default: no limit.
   */
  constructor(
    channels: ChannelReferences = NO_CHANNELS,
    maxDepth: number = DEFAULT_LIMITS.maxItemDepth,
    maxCost = Infinity,
  ) {
    this.#channelId = (value) => channels.idOf(value);
    this.#maxDepth = maxDepth;
    this.#encoder = new ItemEncoder(this.#channelId, maxDepth);
    this.#decoder = new ItemDecoder(channels, maxDepth, maxCost);
  }

  /**
   * Encodes an item. The next call overwrites the bytes; see {@linkcode ItemCodec.own}.
   *
   * @param root The name of the item in error messages; default `"item"`.
   * @param maxBytes Encoding stops at the latest when it has written as much.
   * @throws {SerializationError} naming the path and the type of what cannot be sent.
   */
  encode(item: unknown, root = "item", maxBytes = Infinity): Uint8Array {
    return this.#encoder.encode(item, root, maxBytes);
  }

  /**
   * Encodes an error into bytes that no later call overwrites. Parts that cannot be sent are left
   * out, and long texts are cut, so that the bytes fit into one frame, or `room` bytes of it.
   */
  encodeError(error: unknown, room: number = MAX_FRAME_BYTES): Uint8Array {
    return encodeError(error, this.#channelId, this.#maxDepth, room);
  }

  /**
   * Returns the result of the latest {@linkcode ItemCodec.encode} in memory that no later call
   * overwrites: a copy, unless the result has its own memory.
   */
  own(bytes: Uint8Array): Uint8Array {
    return this.#encoder.own(bytes);
  }

  /**
   * Decodes the item between two places. It shares no memory with `bytes`.
   *
   * @param over What it was received on, for {@linkcode ChannelReferences.byId}.
   * @throws {ProtocolError} if the bytes are not an item, or one that takes too much memory.
   */
  decode(bytes: Uint8Array, over?: unknown, start = 0, end: number = bytes.length): unknown {
    return this.#decoder.decode(bytes, over, start, end);
  }

  /** About how much memory the item takes that was decoded last, in bytes, buffers left out. */
  get decodedCost(): number {
    return this.#decoder.cost;
  }

  /**
   * Whether the item that was decoded last has channels: then its bytes have another meaning on
   * another connection.
   */
  get hasChannels(): boolean {
    return this.#decoder.hasChannels;
  }
}
