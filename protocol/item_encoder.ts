/**
 * Encodes items.
 *
 * @module
 */

import { Encoder, ExtData } from "@msgpack/msgpack";
import { SerializationError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { binaryItem } from "./binary_item.ts";
import { type ChannelId, ItemPreparer, type PreparerOptions } from "./item_preparer.ts";
import { WIRE_LEVELS_PER_LEVEL } from "./item_types.ts";

/** The encoder reuses its buffer up to this size, and gives a larger one away with the item. */
const KEPT_BUFFER_BYTES = 1024 * 1024;

/** Encodes items; see {@linkcode ItemCodec}. */
export class ItemEncoder {
  readonly #preparer: ItemPreparer;
  readonly #maxLevels: number;
  #encoder: Encoder;
  /** The latest result, if the encoder will not write into its memory again. */
  #owned: Uint8Array | undefined;

  /** @param unsendable See {@linkcode PreparerOptions.unsendable}. */
  constructor(
    channelId: ChannelId,
    maxDepth: number,
    unsendable: PreparerOptions["unsendable"] = "refuse",
  ) {
    this.#maxLevels = maxDepth * WIRE_LEVELS_PER_LEVEL;
    this.#encoder = this.#newEncoder();
    const encode = (prepared: unknown) => this.#encoder.encode(prepared);
    this.#preparer = new ItemPreparer({ channelId, maxDepth, unsendable, encode });
  }

  /** See {@linkcode ItemCodec.encode}. */
  encode(item: unknown, root: string): Uint8Array {
    try {
      if (typeof item !== "number" || Object.is(item, -0)) {
        this.#preparer.begin(root);
        if (item instanceof Uint8Array) return this.#owned = binaryItem(item);
        item = this.#preparer.prepare(item);
      }
      const bytes = this.#encoder.encodeSharedRef(item);
      if (bytes.buffer.byteLength <= KEPT_BUFFER_BYTES) return bytes;
      this.#encoder = this.#newEncoder();
      return this.#owned = bytes;
    } catch (cause) {
      if (cause instanceof SerializationError) throw cause;
      throw this.#preparer.error(messageOf(cause), { cause });
    }
  }

  /** See {@linkcode ItemCodec.own}. */
  own(bytes: Uint8Array): Uint8Array {
    return bytes === this.#owned ? bytes : bytes.slice();
  }

  #newEncoder(): Encoder {
    return new Encoder({
      maxDepth: this.#maxLevels,
      extensionCodec: {
        tryToEncode: (value) => value instanceof ExtData ? value : null,
        decode: () => null,
      },
    });
  }
}
