import { assertEquals } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { roughSize } from "./rough_size.ts";

const MIB = 1024 * 1024;

Deno.test("roughSize() counts text and buffers, wherever they are", () => {
  const bytes = new Uint8Array(MIB);
  const values = [
    bytes,
    bytes.buffer,
    "x".repeat(MIB),
    { page: 1, bytes },
    { deep: { list: [bytes] } },
    new Map([["page", bytes]]),
    new Set([bytes]),
    new Array(MIB / 8).fill(0),
    new Array(1024).fill("x".repeat(1024)),
  ];
  for (const value of values) {
    const size = roughSize(value);
    assert(size >= MIB && size <= 3 * MIB, `${size} for ${Deno.inspect(value).slice(0, 50)}`);
  }
});

Deno.test("roughSize() of small values is small, and cyclic or hostile ones do not stop it", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const throws = {
    get no() {
      throw new Error("no");
    },
  };
  for (const value of [1, null, undefined, 2n, true, "abc", {}, [], throws, new Date(0), cycle]) {
    assert(roughSize(value) < 1000, Deno.inspect(value));
  }
  assertEquals(roughSize(7), 8);
});
