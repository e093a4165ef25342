import { assertEquals, assertStrictEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { FrameType, HEADER_BYTES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { Batch, COPY_BYTES } from "./batch.ts";

const { ITEM, ITEM_START, OPEN } = FrameType;

Deno.test("Batch copies small payloads into one chunk: their memory is free at once", () => {
  const batch = new Batch();
  const payload = Uint8Array.of(1, 2, 3);
  batch.frame(ITEM, 1, payload);
  payload.fill(0);
  batch.frame(OPEN, 3);
  const { chunks } = batch.take();
  assertEquals(chunks.length, 1);
  assertEquals(
    chunks[0],
    concat([encodeFrame(ITEM, 1, Uint8Array.of(1, 2, 3)), encodeFrame(OPEN, 3)]),
  );
});

for (const length of [0, 1, 32, 33, COPY_BYTES, COPY_BYTES + 1, MAX_FRAME_BYTES]) {
  Deno.test(`Batch.frame() writes ${length} bytes as encodeFrame() does, with and without a prefix`, () => {
    const batch = new Batch();
    const payload = new Uint8Array(length).fill(length);
    batch.frame(ITEM, 0xffff_fffe, payload);
    batch.frame(ITEM_START, 3, payload, 0xffff_0001);
    const prefixed = concat([Uint8Array.of(0xff, 0xff, 0, 1), payload]);
    const expected = concat([
      encodeFrame(ITEM, 0xffff_fffe, payload),
      encodeFrame(ITEM_START, 3, prefixed),
    ]);
    assertEquals(batch.bytes, expected.length);
    assertEquals(concat(batch.take().chunks), expected);
  });
}

Deno.test("Batch writes large payloads from where they lie", () => {
  const batch = new Batch();
  const payload = new Uint8Array(COPY_BYTES + 1);
  batch.frame(ITEM, 1, payload);
  batch.frame(OPEN, 3);
  const { chunks } = batch.take();
  assertEquals(chunks.map(({ length }) => length), [HEADER_BYTES, COPY_BYTES + 1, HEADER_BYTES]);
  assertStrictEquals(chunks[1], payload);
});

Deno.test("Batch keeps raw bytes and frames in order", () => {
  const batch = new Batch();
  batch.frame(OPEN, 1);
  batch.raw(Uint8Array.of(7, 8));
  batch.frame(OPEN, 3);
  assertEquals(
    concat(batch.take().chunks),
    concat([encodeFrame(OPEN, 1), Uint8Array.of(7, 8), encodeFrame(OPEN, 3)]),
  );
});

Deno.test("Batch.take() begins the next batch, and leaves the bytes of the one before alone", () => {
  const batch = new Batch();
  const payload = new Uint8Array(COPY_BYTES);
  const taken = [];
  // More than a slab holds.
  for (let i = 0; i < 40; i++) {
    batch.frame(ITEM, 1, payload.fill(i));
    taken.push(batch.take().chunks);
  }
  assertEquals(batch.bytes, 0);
  assertEquals(batch.take().chunks, []);
  for (const [i, chunks] of taken.entries()) {
    assertEquals(concat(chunks), encodeFrame(ITEM, 1, payload.fill(i)));
  }
});

Deno.test("Batch reports what was written in order, of each batch alone", () => {
  const batch = new Batch();
  const written: number[] = [];
  batch.frame(ITEM, 1, Uint8Array.of(1), undefined, () => written.push(1));
  batch.frame(ITEM, 1, new Uint8Array(COPY_BYTES + 1), undefined, () => written.push(2));
  const first = batch.take();
  batch.frame(ITEM, 1, Uint8Array.of(3), undefined, () => written.push(3));
  const second = batch.take();
  assertEquals(written, []);
  first.written();
  assertEquals(written, [1, 2]);
  second.written();
  assertEquals(written, [1, 2, 3]);
});

Deno.test("Batch.isAwaited says whether somebody waits for its hand-over", async () => {
  const batch = new Batch();
  batch.frame(OPEN, 1);
  const { handedOver } = batch;
  assertEquals(batch.isAwaited, false);
  const awaited = handedOver.then(() => {});
  assertEquals(batch.isAwaited, true);
  batch.take();
  assertEquals(batch.isAwaited, false);
  await awaited;
  // The hand-over of a batch before does not hurry the next one.
  await handedOver;
  assertEquals(batch.isAwaited, false);
});
