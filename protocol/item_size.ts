/**
 * The size of items.
 *
 * @module
 */

import { SerializationError } from "../errors.ts";

/** @throws {SerializationError} if an item is larger than what its receiver accepts. */
export function checkSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new SerializationError(
    `cannot send an item of more than ${maxBytes} bytes, which is all that the peer accepts; ` +
      `send it in parts`,
  );
}
