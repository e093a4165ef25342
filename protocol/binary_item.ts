/**
 * Items that are one `Uint8Array`: a `bin` document, made by hand. The encoder would copy the bytes
 * of a large one twice.
 *
 * @module
 */

import { writeUint32 } from "./frames.ts";

/** Returns the `bin` document of `bytes`. */
export function binaryItem(bytes: Uint8Array): Uint8Array {
  const head = binaryHead(bytes.length);
  const document = new Uint8Array(head.length + bytes.length);
  document.set(head);
  document.set(bytes, head.length);
  return document;
}

/** Returns the head of a `bin` document; `length` bytes of content follow it. */
export function binaryHead(length: number): Uint8Array {
  if (length < 0x100) return Uint8Array.of(0xc4, length);
  if (length < 0x10000) return Uint8Array.of(0xc5, length >>> 8, length);
  const head = Uint8Array.of(0xc6, 0, 0, 0, 0);
  writeUint32(head, 1, length);
  return head;
}
