/**
 * Checks the structure of a MessagePack document before it is decoded.
 *
 * `@msgpack/msgpack` allocates an array of any declared length and follows any nesting, so five
 * bytes from a hostile peer could cost gigabytes. This walk allocates nothing for the document's
 * content and refuses both.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { readUint32 } from "./frames.ts";
import { ItemType } from "./item_types.ts";

/** The document has `bin` values. */
export const HAS_BINARY = 1;
/** The document has channels, or extensions that may hold some. */
export const MAY_HAVE_CHANNELS = 2;

const MAY_HOLD_CHANNELS: readonly number[] = [
  ItemType.CHANNEL,
  ItemType.ERROR,
  ItemType.MAP,
  ItemType.SET,
  ItemType.OBJECT,
];

/**
 * Checks that containers nest no deeper than `maxDepth` and declare no more elements than the bytes
 * could hold.
 *
 * @returns The bits {@linkcode HAS_BINARY} and {@linkcode MAY_HAVE_CHANNELS}.
 * @throws {ProtocolError} if a check fails, or the document is truncated.
 */
export function checkStructure(bytes: Uint8Array, maxDepth: number): number {
  let seen = 0;
  let at = 0;
  const left: number[] = []; // values still expected, per open container
  do {
    const head = bytes[at];
    let size = 0; // payload bytes of a scalar
    let values = 0; // values of a container
    if (head < 0x80 || head >= 0xe0) size = 0;
    else if (head < 0x90) values = (head & 0x0f) * 2;
    else if (head < 0xa0) values = head & 0x0f;
    else if (head < 0xc0) size = head & 0x1f;
    else {
      switch (head) {
        case 0xc0: // nil
        case 0xc2: // false
        case 0xc3: // true
          break;
        case 0xc4: // bin
        case 0xc5:
        case 0xc6:
          seen |= HAS_BINARY;
          size = lengthAt(bytes, at, 1 << (head - 0xc4));
          at += 1 << (head - 0xc4);
          break;
        case 0xc7: // ext
        case 0xc8:
        case 0xc9:
          size = lengthAt(bytes, at, 1 << (head - 0xc7)) + 1;
          at += 1 << (head - 0xc7);
          if (MAY_HOLD_CHANNELS.includes(bytes[at + 1])) seen |= MAY_HAVE_CHANNELS;
          break;
        case 0xca: // float
        case 0xcb:
          size = 4 << (head - 0xca);
          break;
        case 0xcc: // uint
        case 0xcd:
        case 0xce:
        case 0xcf:
          size = 1 << (head - 0xcc);
          break;
        case 0xd0: // int
        case 0xd1:
        case 0xd2:
        case 0xd3:
          size = 1 << (head - 0xd0);
          break;
        case 0xd4: // fixext
        case 0xd5:
        case 0xd6:
        case 0xd7:
        case 0xd8:
          size = (1 << (head - 0xd4)) + 1;
          if (MAY_HOLD_CHANNELS.includes(bytes[at + 1])) seen |= MAY_HAVE_CHANNELS;
          break;
        case 0xd9: // str
        case 0xda:
        case 0xdb:
          size = lengthAt(bytes, at, 1 << (head - 0xd9));
          at += 1 << (head - 0xd9);
          break;
        case 0xdc: // array
        case 0xdd:
          values = lengthAt(bytes, at, 2 << (head - 0xdc));
          at += 2 << (head - 0xdc);
          break;
        case 0xde: // map
        case 0xdf:
          values = lengthAt(bytes, at, 2 << (head - 0xde)) * 2;
          at += 2 << (head - 0xde);
          break;
        default:
          throw new ProtocolError(`the peer sent an item that is not MessagePack`);
      }
    }
    at += 1 + size;
    if (at + values > bytes.length) throw new ProtocolError(`the peer sent a truncated item`);
    if (values > 0) {
      if (left.length >= maxDepth) {
        throw new ProtocolError(`the peer sent an item nested deeper than ${maxDepth} levels`);
      }
      left.push(values);
    } else {
      while (left.length > 0 && --left[left.length - 1] === 0) left.pop();
    }
  } while (left.length > 0);
  if (at !== bytes.length) {
    throw new ProtocolError(`the peer sent an item with ${bytes.length - at} bytes too many`);
  }
  return seen;
}

/**
 * Reads the length of `width` bytes behind the head at `at`. Missing bytes read as 0: the caller finds
 * the document truncated.
 */
function lengthAt(bytes: Uint8Array, at: number, width: number): number {
  if (width === 1) return bytes[at + 1] ?? 0;
  if (width === 2) return ((bytes[at + 1] << 8) | bytes[at + 2]) >>> 0;
  return readUint32(bytes, at + 1);
}
