/**
 * Compression of content, by zstd: node:zlib has it, and CompressionStream has not.
 *
 * @module
 */

import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { check } from "./check.ts";

/** Bytes that were compressed; `size` is what they were before. */
export interface Packed {
  bytes: Uint8Array<ArrayBuffer>;
  size: number;
}

/** Less is not worth it. */
const MIN_BYTES = 512;
/** What has to remain of it at most. */
const MAX_SHARE = 0.9;
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Returns bytes compressed, or undefined if that does not pay. */
export function pack(bytes: Uint8Array<ArrayBuffer>): Packed | undefined {
  if (bytes.length < MIN_BYTES) return undefined;
  const packed = zstdCompressSync(bytes, OPTIONS);
  if (packed.length > bytes.length * MAX_SHARE) return undefined;
  return { bytes: plain(packed), size: bytes.length };
}

/** Returns the bytes again. What claims to be of another size is refused, also if it is cut. */
export function unpack({ bytes, size }: Packed, most: number): Uint8Array<ArrayBuffer> {
  check(bytes instanceof Uint8Array, "no compressed bytes");
  check(Number.isSafeInteger(size) && size > 0 && size <= most, "too much in one piece");
  let unpacked: Uint8Array<ArrayBuffer> | undefined;
  try {
    unpacked = plain(zstdDecompressSync(bytes, { maxOutputLength: size }));
  } catch { /* it is told below */ }
  check(unpacked?.length === size, "bytes that are not compressed as they should be");
  return unpacked;
}

/** Returns a Buffer as what it is, too. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
