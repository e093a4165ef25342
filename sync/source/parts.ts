/**
 * Reads a large file as the parts that are sent.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { BlockSums } from "../wire/blocks.ts";
import type { LinkMode } from "../wire/settings.ts";
import { type Look, readChunks } from "./content.ts";
import { Matcher, type Part } from "./match.ts";

/** How the reading of a file has ended. */
export interface Ending {
  /** Whether it did not change meanwhile. */
  isWhole: boolean;
  /** The SHA-256 of all of it, if blocks of the old version are part of it. */
  hash: Uint8Array<ArrayBuffer> | undefined;
}

/** Yields the parts of a file. */
export async function* partsOf(
  file: string,
  links: LinkMode,
  look: Look,
  sums: BlockSums | undefined,
): AsyncGenerator<Part, Ending> {
  const chunks = readChunks(file, links, look);
  const matcher = sums && new Matcher(sums);
  const hash = sums && createHash("sha256");
  try {
    let next = await chunks.next();
    for (; !next.done; next = await chunks.next()) {
      hash?.update(next.value);
      if (matcher === undefined) yield { kind: "bytes", bytes: next.value };
      else yield* matcher.push(next.value);
    }
    if (matcher !== undefined) yield* matcher.end();
    return { isWhole: next.value, hash: hash && new Uint8Array(hash.digest()) };
  } finally {
    await chunks.return(false);
  }
}
