/**
 * Names code, so that it is sent once.
 *
 * @module
 */

import { createHash } from "node:crypto";

/** Returns the SHA-256 of code: a shorter hash could be the same for two texts. */
export function codeHash(message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(message).digest());
}
