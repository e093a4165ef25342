/**
 * The sums of the target's own version of a file.
 *
 * @module
 */

import { blockBytesOf, type BlockSums, STRONG_BYTES, strongSum, weakSum } from "../wire/blocks.ts";

/** Returns the sums of the blocks of a file. */
export async function sumsOf(file: string, size: number): Promise<BlockSums> {
  const block = blockBytesOf(size);
  const count = Math.floor(size / block);
  const sums: BlockSums = {
    block,
    weak: new Uint32Array(count),
    strong: new Uint8Array(count * STRONG_BYTES),
  };
  using handle = await Deno.open(file);
  const together = Math.max(1, Math.floor(READ_BYTES / block));
  const buffer = new Uint8Array(together * block);
  for (let index = 0; index < count;) {
    const length = Math.min(together, count - index) * block;
    await readFully(handle, buffer.subarray(0, length));
    for (let at = 0; at < length; at += block, index++) {
      sums.weak[index] = weakSum(buffer, at, at + block);
      sums.strong.set(strongSum(buffer.subarray(at, at + block)), index * STRONG_BYTES);
    }
  }
  return sums;
}

const READ_BYTES = 512 * 1024;

/** Fills a buffer from a file. */
export async function readFully(file: Deno.FsFile, buffer: Uint8Array): Promise<void> {
  for (let at = 0; at < buffer.length;) {
    const count = await file.read(buffer.subarray(at));
    if (count === null) throw new RangeError("the old version of the file has become shorter");
    at += count;
  }
}
