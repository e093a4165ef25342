import { concat } from "@std/bytes/concat";
import { assertEquals } from "@std/assert";
import { sumsOf } from "../target/sums.ts";
import { blockBytesOf, BlockIndex, rolled, strongSum, weakSum } from "../wire/blocks.ts";
import { Matcher, type Part } from "./match.ts";

/** Bytes that repeat nowhere, by a fixed seed. */
function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

/** Tells `after` by the blocks of `before`, in chunks; puts it together again. */
async function through(
  before: Uint8Array<ArrayBuffer>,
  after: Uint8Array<ArrayBuffer>,
  chunk: number,
): Promise<{ isRight: boolean; sent: number; parts: Part[] }> {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, before);
  const sums = await sumsOf(file, before.length);
  await Deno.remove(file);
  const matcher = new Matcher(sums);
  const parts: Part[] = [];
  for (let at = 0; at < after.length; at += chunk) {
    parts.push(...matcher.push(after.subarray(at, at + chunk)));
  }
  parts.push(...matcher.end());
  const joined: Uint8Array = concat(
    parts.map((part) =>
      part.kind === "bytes" ? part.bytes : before.subarray(
        part.index * sums.block,
        (part.index + part.count) * sums.block,
      )
    ),
  );
  const sent = parts.reduce(
    (sum, each) => sum + (each.kind === "bytes" ? each.bytes.length : 0),
    0,
  );
  const isRight = joined.length === after.length && joined.every((byte, i) => byte === after[i]);
  return { isRight, sent, parts };
}

const BEFORE = bytesOf(300_000);
const BLOCK = blockBytesOf(BEFORE.length);
const changed = BEFORE.slice();
changed[150_000] ^= 1;

const CASES: [string, Uint8Array<ArrayBuffer>, number][] = [
  ["the same", BEFORE, BLOCK],
  ["one byte changed", changed, 2 * BLOCK],
  [
    "a byte inserted",
    concat([BEFORE.subarray(0, 1_000), bytesOf(1), BEFORE.subarray(1_000)]),
    2 * BLOCK + 1,
  ],
  ["a byte removed", concat([BEFORE.subarray(0, 1_000), BEFORE.subarray(1_001)]), 2 * BLOCK],
  ["appended", concat([BEFORE, bytesOf(5_000, 9)]), 5_000 + BLOCK],
  ["cut", BEFORE.slice(0, 100_001), BLOCK],
  ["halves swapped", concat([BEFORE.subarray(150_000), BEFORE.subarray(0, 150_000)]), 3 * BLOCK],
  ["empty", new Uint8Array(), 0],
  ["shorter than a block", BEFORE.slice(0, 100), 100],
  ["another file", bytesOf(200_000, 77), 200_000],
];

for (const [what, after, most] of CASES) {
  for (const chunk of [777, 65_536, 1_000_000]) {
    Deno.test(`a file is told by the blocks of its old version: ${what}, in chunks of ${chunk}`, async () => {
      const { isRight, sent } = await through(BEFORE, after, chunk);
      assertEquals(isRight, true);
      assertEquals(sent <= most, true, `${sent} bytes sent, expected ${most} at most`);
    });
  }
}

Deno.test("blocks in a row are one part", async () => {
  const { parts } = await through(BEFORE, changed, 10_000);
  assertEquals(parts.map(({ kind }) => kind), ["copy", "bytes", "copy", "bytes"]);
});

Deno.test("a file made of equal weak sums costs no more than a bounded number of hashes", async () => {
  // Blocks of one sum: two bytes trade places with others of the same sum.
  const before = new Uint8Array(2_000_000);
  const after = new Uint8Array(2_000_000);
  const block = blockBytesOf(before.length);
  for (let at = 0; at < before.length; at += block) before.set([1, 0, 0, 1], at + 10);
  for (let at = 0; at < after.length; at += block) after.set([0, 1, 1, 0], at + 10);
  assertEquals(weakSum(before, 0, block), weakSum(after, 0, block));
  const start = performance.now();
  const { isRight } = await through(before, after, 65_536);
  assertEquals(isRight, true);
  assertEquals(performance.now() - start < 20_000, true);
});

Deno.test("the weak sum moves on by a byte as it is made anew", () => {
  const bytes = bytesOf(5_000).fill(255, 100, 2_000);
  let sum = weakSum(bytes, 0, 1_024);
  for (let at = 0; at + 1_024 < bytes.length; at++) {
    assertEquals(sum, weakSum(bytes, at, at + 1_024));
    sum = rolled(sum, bytes[at], bytes[at + 1_024], 1_024);
  }
});

Deno.test("a block is found by both sums among others of the same weak one", () => {
  const [a, b] = [bytesOf(1_024), bytesOf(1_024, 5)];
  const strong = concat([strongSum(a), strongSum(b)]);
  const index = new BlockIndex({ block: 1_024, weak: Uint32Array.of(7, 7), strong });
  assertEquals([index.find(7, strongSum(b)), index.find(8, strongSum(b))], [1, undefined]);
  assertEquals(index.find(7, strongSum(bytesOf(1_024, 9))), undefined);
});
