import { assertEquals, assertThrows } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { ProtocolError } from "../../errors.ts";
import { INITIAL_WINDOW_BYTES } from "../../protocol/constants.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { Assembler } from "./assembler.ts";

const codec = new ItemCodec();

/** Assembles a document of pieces of one size. */
function assemble(document: Uint8Array, size: number): { bytes: Uint8Array; isItem: boolean } {
  const assembler = new Assembler(document.length, document.subarray(0, size));
  let isWhole = false;
  for (let at = size; at < document.length; at += size) {
    assertEquals(isWhole, false, `whole before ${at}`);
    isWhole = assembler.push(document.subarray(at, at + size));
  }
  assertEquals(isWhole, true);
  return assembler.result();
}

Deno.test("Assembler gives the document, whatever the size of its pieces", () => {
  const document = codec.encode({ list: ["text", 1n, Uint8Array.of(1, 2, 3)] }).slice();
  for (let size = 1; size < document.length; size++) {
    assertEquals(assemble(document, size), { bytes: document, isItem: false });
  }
});

Deno.test("Assembler gives plain bytes without their head, where the first piece has it", () => {
  for (const length of [256, 1000, 65_535, 65_536, 200_000]) {
    const item = Uint8Array.from({ length }, (_, i) => i * 3);
    const document = codec.own(codec.encode(item));
    const { bytes, isItem } = assemble(document, length / 2 | 0);
    assertEquals(isItem, true);
    assert(bytes.length === length && bytes.every((byte, i) => byte === item[i]));
    assertEquals(bytes.buffer.byteLength, length, "in memory of its own");
  }
});

Deno.test("Assembler gives the document where the first piece cuts the head", () => {
  const item = new Uint8Array(300).fill(7);
  const document = codec.own(codec.encode(item));
  for (let size = 1; size < 10; size++) {
    const { bytes, isItem } = assemble(document, size);
    assertEquals(isItem ? bytes : codec.decode(bytes), item);
  }
});

Deno.test("Assembler is not misled by a head that fits no whole document", () => {
  for (const first of [[0xc6, 0, 0, 1, 0], [0xc5, 1, 0], [0xc4, 3], [0xc6, 0xff], [0xc5]]) {
    const document = new Uint8Array(500);
    document.set(first);
    const { bytes, isItem } = assemble(document, 100);
    assertEquals([isItem, bytes], [false, document]);
  }
});

Deno.test("Assembler refuses a piece that goes past the item's end", () => {
  const assembler = new Assembler(10, new Uint8Array(4));
  assertEquals(assembler.push(new Uint8Array(5)), false);
  assertThrows(() => assembler.push(new Uint8Array(2)), ProtocolError, "item's length of 10");
});

Deno.test("Assembler allocates no more than a window for what is only declared", () => {
  const assembler = new Assembler(2 ** 32 - 1, new Uint8Array(100));
  assert(assembler.result().bytes.buffer.byteLength <= 4 * 1024);
  const larger = new Assembler(2 ** 32 - 1, new Uint8Array(10_000));
  assert(larger.result().bytes.buffer.byteLength <= INITIAL_WINDOW_BYTES);
});

Deno.test("Assembler's memory stays within twice of what has come", () => {
  const assembler = new Assembler(2 ** 30, new Uint8Array(1));
  const piece = new Uint8Array(64 * 1024);
  for (let came = 1; came < 8 * INITIAL_WINDOW_BYTES; came += piece.length) {
    const held = assembler.result().bytes.buffer.byteLength;
    assert(held <= Math.max(INITIAL_WINDOW_BYTES, 2 * came), `${held} bytes for ${came}`);
    assembler.push(piece);
  }
});
