import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { FrameType, HEADER_BYTES, MAX_FRAME_BYTES } from "./constants.ts";
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  readUint32,
  writeHeader,
  writeUint32,
} from "./frames.ts";
import { randomFrom } from "../tests/support/random.ts";

const CHANNEL = 0x89ab_cdef;
const PAYLOAD = Uint8Array.of(10, 20, 30, 40, 50);
const NOTHING = new Uint8Array();

/** A frame of each type, and the decoded frame. */
const FRAMES: [bytes: Uint8Array, frame: Frame][] = [
  [
    encodeFrame(FrameType.ITEM, CHANNEL, PAYLOAD),
    { type: "item", channel: CHANNEL, total: 5, bytes: PAYLOAD, cost: 14 },
  ],
  [
    encodeFrame(FrameType.ITEM_START, CHANNEL, Uint8Array.of(0xff, 0, 0, 1, 7, 8)),
    { type: "item", channel: CHANNEL, total: 0xff00_0001, bytes: Uint8Array.of(7, 8), cost: 15 },
  ],
  [
    encodeFrame(FrameType.ITEM_PART, CHANNEL, PAYLOAD),
    { type: "part", channel: CHANNEL, bytes: PAYLOAD, cost: 14 },
  ],
  [
    encodeFrame(FrameType.WINDOW, CHANNEL, Uint8Array.of(0xff, 0xff, 0xff, 0xfe)),
    { type: "window", channel: CHANNEL, credit: 0xffff_fffe },
  ],
  [encodeFrame(FrameType.END, CHANNEL), { type: "end", channel: CHANNEL }],
  [encodeFrame(FrameType.CLOSE, CHANNEL), { type: "close", channel: CHANNEL, error: NOTHING }],
  [
    encodeFrame(FrameType.CLOSE, CHANNEL, PAYLOAD),
    { type: "close", channel: CHANNEL, error: PAYLOAD },
  ],
  [encodeFrame(FrameType.OPEN, CHANNEL), { type: "open", channel: CHANNEL }],
  [
    encodeFrame(FrameType.EXEC, CHANNEL, PAYLOAD),
    { type: "exec", channel: CHANNEL, request: PAYLOAD },
  ],
  [encodeFrame(FrameType.PING, 0), { type: "ping" }],
  [encodeFrame(FrameType.PONG, 0), { type: "pong" }],
  [encodeFrame(FrameType.DROP, 9), { type: "drop", channel: 9 }],
  [
    encodeFrame(FrameType.BLOCKED, 9, Uint8Array.of(0, 0, 1, 2)),
    { type: "blocked", channel: 9, wanted: 258 },
  ],
  [
    encodeFrame(FrameType.GRANT, 9, Uint8Array.of(0, 0, 1, 2)),
    { type: "grant", channel: 9, credit: 258 },
  ],
  [
    encodeFrame(FrameType.UNCAUGHT, 9, Uint8Array.of(0, 0, 1, 2, 3)),
    { type: "uncaught", channel: 9, missed: 258, error: Uint8Array.of(3) },
  ],
  [encodeFrame(FrameType.STATUS_REQUEST, 3), { type: "statusRequest", request: 3 }],
  [
    encodeFrame(FrameType.STATUS, 3, PAYLOAD),
    { type: "status", request: 3, status: PAYLOAD },
  ],
  [encodeFrame(FrameType.EXIT, 0, Uint8Array.of(0, 0, 3, 232)), { type: "exit", graceMs: 1_000 }],
];

const STREAM = Uint8Array.from(FRAMES.flatMap(([bytes]) => [...bytes]));
const EXPECTED = FRAMES.map(([, frame]) => frame);

/** Decodes chunks into frames, and joins the pieces of items. */
function decodeChunks(chunks: Iterable<Uint8Array<ArrayBuffer>>): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  let isWhole = true;
  const sizes: number[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk, (frame) => {
      const last = frames.at(-1);
      if (
        frame.type === "part" && !isWhole && (last?.type === "item" || last?.type === "part")
      ) {
        last.bytes = Uint8Array.of(...last.bytes, ...frame.bytes);
        last.cost += frame.cost;
      } else {
        frames.push(structuredClone(frame));
        sizes.push(FRAMES[frames.length - 1][0].length);
      }
      const current = frames.at(-1);
      isWhole = current === undefined || !("cost" in current) || current.cost === sizes.at(-1);
      return true;
    });
  }
  return frames;
}

for (const [bytes, frame] of FRAMES) {
  Deno.test(`FrameDecoder reads ${frame.type} of ${bytes.length} bytes`, () => {
    const frames: Frame[] = [];
    new FrameDecoder().push(new Uint8Array(bytes), (frame) => frames.push(frame) > 0);
    assertEquals(frames, [frame]);
  });
}

Deno.test("FrameDecoder returns the same frames however its input is split", () => {
  assertEquals(decodeChunks([STREAM]), EXPECTED, "in one chunk");
  const single = Array.from(STREAM, (byte) => Uint8Array.of(byte));
  assertEquals(decodeChunks(single), EXPECTED, "byte by byte");
  for (let at = 0; at <= STREAM.length; at++) {
    assertEquals(decodeChunks([STREAM.slice(0, at), STREAM.slice(at)]), EXPECTED, `cut at ${at}`);
  }
  const random = randomFrom(1);
  for (let run = 0; run < 300; run++) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < STREAM.length;) {
      const size = Math.floor(random() * 20);
      chunks.push(STREAM.slice(at, at + size));
      at += size;
    }
    assertEquals(decodeChunks(chunks), EXPECTED, `run ${run}`);
  }
});

Deno.test("FrameDecoder passes a large item on as it arrives, and its costs add up", () => {
  const payload = Uint8Array.from({ length: MAX_FRAME_BYTES }, (_, i) => i * 7);
  for (const type of [FrameType.ITEM, FrameType.ITEM_START, FrameType.ITEM_PART]) {
    const bytes = encodeFrame(type, 5, payload);
    const decoder = new FrameDecoder();
    const seen: number[] = [];
    const types: string[] = [];
    let cost = 0;
    for (let at = 0; at < bytes.length; at += 1000) {
      const before = seen.length;
      decoder.push(bytes.slice(at, at + 1000), (frame) => {
        if (frame.type !== "item" && frame.type !== "part") return false;
        types.push(frame.type);
        seen.push(...frame.bytes);
        cost += frame.cost;
        return true;
      });
      assertEquals(seen.length > before, true, "nothing is kept back");
    }
    assertEquals(cost, HEADER_BYTES + MAX_FRAME_BYTES);
    assertEquals(seen, [...payload.subarray(type === FrameType.ITEM_START ? 4 : 0)]);
    assertEquals(types[0], type === FrameType.ITEM_PART ? "part" : "item");
    assertEquals(types.slice(1).every((type) => type === "part"), true);
  }
});

Deno.test("FrameDecoder does not copy a payload that is whole in a chunk", () => {
  const chunk = new Uint8Array(encodeFrame(FrameType.ITEM, 1, PAYLOAD));
  new FrameDecoder().push(chunk, (frame) => {
    assertEquals("bytes" in frame && frame.bytes.buffer === chunk.buffer, true);
    return true;
  });
});

Deno.test("FrameDecoder stops when its sink returns false", () => {
  let count = 0;
  new FrameDecoder().push(STREAM, () => ++count < 3);
  assertEquals(count, 3);
});

/** Returns a header without its payload. */
function header(type: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  writeHeader(bytes, 0, type as FrameType, 1, length);
  return bytes;
}

const LENGTHS: Record<keyof typeof FrameType, [least: number, most: number]> = {
  ITEM: [1, MAX_FRAME_BYTES],
  ITEM_START: [5, MAX_FRAME_BYTES],
  ITEM_PART: [1, MAX_FRAME_BYTES],
  WINDOW: [4, 4],
  END: [0, 0],
  CLOSE: [0, MAX_FRAME_BYTES],
  OPEN: [0, 0],
  EXEC: [1, MAX_FRAME_BYTES],
  STATUS_REQUEST: [0, 0],
  PING: [0, 0],
  PONG: [0, 0],
  DROP: [0, 0],
  BLOCKED: [4, 4],
  GRANT: [4, 4],
  UNCAUGHT: [5, MAX_FRAME_BYTES],
  STATUS: [1, MAX_FRAME_BYTES],
  EXIT: [4, 4],
  CODE: [33, MAX_FRAME_BYTES],
  EXEC_KEPT: [32, 32],
};

for (const [name, type] of Object.entries(FrameType)) {
  const [least, most] = LENGTHS[name as keyof typeof FrameType];
  Deno.test(`FrameDecoder accepts ${name} of ${least} to ${most} bytes and refuses others`, () => {
    const push = (length: number) => new FrameDecoder().push(header(type, length), () => true);
    push(least);
    push(most);
    for (const wrong of [least - 1, most + 1, 2 ** 31, 2 ** 32 - 1]) {
      if (wrong < 0) continue;
      assertThrows(() => push(wrong), ProtocolError, `declares ${wrong} payload bytes`);
    }
  });
}

Deno.test("FrameDecoder refuses every unknown type from the header alone", () => {
  const known: number[] = Object.values(FrameType);
  for (let type = 0; type < 256; type++) {
    if (known.includes(type)) continue;
    const push = () => new FrameDecoder().push(header(type, 1), () => true);
    assertThrows(push, ProtocolError, `unknown type ${type}`);
  }
});

Deno.test("FrameDecoder turns random bytes into frames or a ProtocolError", () => {
  const random = randomFrom(2);
  for (let run = 0; run < 2000; run++) {
    const bytes = Uint8Array.from({ length: 60 }, () => random() * 256);
    if (run % 2 === 0) bytes.set([1 + run % 11, 0, 0, 0, 1, 0, 0, 0, run % 30]);
    try {
      new FrameDecoder().push(bytes, () => true);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }
});

Deno.test("a u32 is written and read big-endian and unsigned", () => {
  const bytes = new Uint8Array(6);
  for (const value of [0, 1, 0x0102_0304, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    writeUint32(bytes, 1, value);
    assertEquals(readUint32(bytes, 1), value);
    assertEquals(new DataView(bytes.buffer).getUint32(1), value);
  }
  assertEquals([bytes[0], bytes[5]], [0, 0]);
});
