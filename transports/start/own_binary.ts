/**
 * The executable file of this process's Deno.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { LaunchError } from "../../errors.ts";

/** An executable file. */
export interface OwnBinary {
  path: string;
  bytes: number;
  /** SHA-256, in hexadecimal. */
  hash: string;
}

let known: Promise<OwnBinary> | undefined;

/**
 * Returns the file of this process's Deno. It is read once, for its hash.
 *
 * @throws {LaunchError} without `--allow-read` for it.
 */
export function ownBinary(): Promise<OwnBinary> {
  return known ??= read().catch((error) => {
    known = undefined;
    throw error;
  });
}

async function read(): Promise<OwnBinary> {
  const path = Deno.execPath();
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await openBinary(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, hash: hash.digest("hex") };
}

/** Opens it for reading. */
export async function openBinary(path: string): Promise<ReadableStream<Uint8Array>> {
  try {
    return (await Deno.open(path)).readable;
  } catch (cause) {
    throw new LaunchError(
      `cannot copy ${path} for deno=push: ${cause}; this process needs --allow-read=${path}`,
      { cause },
    );
  }
}
