/**
 * Hashes of whole files.
 *
 * @module
 */

import { createHash } from "node:crypto";

const BUFFER_BYTES = 256 * 1024;

/** Returns the SHA-256 of a file. */
export async function hashOf(file: string): Promise<Uint8Array<ArrayBuffer>> {
  using handle = await Deno.open(file);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let count = await handle.read(buffer); count !== null; count = await handle.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return new Uint8Array(hash.digest());
}
