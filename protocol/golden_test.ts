/** Pins the bytes on the wire, both ways. `tests/golden/regenerate.ts` makes them. */

import { assertEquals } from "@std/assert";
import wire from "../tests/golden/wire.json" with { type: "json" };
import { FRAMES, HASH, HELLO, ITEMS, PREAMBLE, REFERENCES } from "../tests/golden/samples.ts";
import { FrameType } from "./constants.ts";
import { decodeExecRequest, decodeKeptCode, decodeStatusReport } from "./control.ts";
import { type Frame, FrameDecoder } from "./frames.ts";
import { ItemType } from "./item_types.ts";
import { ItemCodec } from "./items.ts";
import { PreambleDecoder } from "./preamble.ts";

const codec = new ItemCodec(REFERENCES);

Deno.test("the golden file has every sample, and no others", () => {
  assertEquals(Object.keys(wire.items), Object.keys(ITEMS));
  assertEquals(Object.keys(wire.frames), Object.keys(FRAMES));
});

Deno.test("the golden file has every frame type and every extension type", () => {
  const frameTypes = Object.values(wire.frames).map((hex) => Uint8Array.fromHex(hex)[0]);
  assertEquals(new Set(frameTypes), new Set<number>(Object.values(FrameType)));
  const items = Object.values(wire.items).map((hex) => Uint8Array.fromHex(hex));
  for (const [name, type] of Object.entries(ItemType)) {
    const isThere = items.some((bytes) => extensionTypes(bytes).includes(type));
    assertEquals(isThere, true, name);
  }
});

/**
 * Returns the type of the extension in a document: the document itself, or the value of its one
 * key.
 */
function extensionTypes(bytes: Uint8Array): number[] {
  const at = bytes[0] === 0x81 ? 2 + (bytes[1] & 0x1f) : 0;
  const head = bytes[at];
  if (head >= 0xd4 && head <= 0xd8) return [bytes[at + 1]];
  if (head >= 0xc7 && head <= 0xc9) return [bytes[at + 1 + (1 << (head - 0xc7))]];
  return [];
}

for (const [name, hex] of Object.entries(wire.items)) {
  Deno.test(`the item "${name}" has its golden bytes, both ways`, () => {
    assertEquals(codec.encode(ITEMS[name]).toHex(), hex);
    const decoded = codec.decode(Uint8Array.fromHex(hex));
    assertEquals(comparable(decoded), comparable(ITEMS[name]));
    assertEquals(codec.encode(decoded).toHex(), hex, "and back");
  });
}

/** Returns what a DOMException consists of: Deno gives each a function of its own. */
function comparable(item: unknown): unknown {
  if (!(item instanceof DOMException)) return item;
  const { name, message, code, stack } = item;
  return { name, message, code, stack };
}

const exec = { kind: "source", name: "main.ts", position: "", isolated: false } as const;
const code = { ...exec, kind: "call", name: "one", text: "() => 1" } as const;
const status = { channels: 2, executing: ["main.ts"], execModel: "main" };
const bytes = Uint8Array.of(1, 2, 3);

/** Returns the decoded frames. */
const DECODED: Record<string, Frame> = {
  "ITEM": { type: "item", channel: 1, total: 3, bytes, cost: 12 },
  "ITEM_START": { type: "item", channel: 2, total: 65_536, bytes: Uint8Array.of(9), cost: 14 },
  "ITEM_PART": { type: "part", channel: 0xfedc_ba98, bytes, cost: 12 },
  "WINDOW": { type: "window", channel: 1, credit: 524_288 },
  "END": { type: "end", channel: 1 },
  "CLOSE": { type: "close", channel: 1, error: new Uint8Array() },
  "CLOSE with an error": { type: "close", channel: 1, error: bytes },
  "OPEN": { type: "open", channel: 1 },
  "EXEC": { type: "exec", channel: 1, request: FRAMES["EXEC"].subarray(9) },
  "PING": { type: "ping" },
  "PONG": { type: "pong" },
  "DROP": { type: "drop", channel: 3 },
  "BLOCKED": { type: "blocked", channel: 3, wanted: 65_536 },
  "GRANT": { type: "grant", channel: 3, credit: 65_536 },
  "UNCAUGHT": { type: "uncaught", channel: 5, missed: 7, error: bytes },
  "STATUS_REQUEST": { type: "statusRequest", request: 7 },
  "STATUS": { type: "status", request: 7, status: FRAMES["STATUS"].subarray(9) },
  "EXIT": { type: "exit", graceMs: 1_000 },
  "CODE": { type: "code", hash: HASH, code: FRAMES["CODE"].subarray(41) },
  "EXEC_KEPT": { type: "execKept", channel: 1, hash: HASH },
};

for (const [name, hex] of Object.entries(wire.frames)) {
  Deno.test(`the frame ${name} has its golden bytes, both ways`, () => {
    assertEquals(FRAMES[name].toHex(), hex);
    const frames: Frame[] = [];
    new FrameDecoder().push(Uint8Array.fromHex(hex), (frame) => frames.push(frame) > 0);
    assertEquals(frames, [DECODED[name]]);
    for (const frame of frames) {
      if (frame.type === "exec") assertEquals(decodeExecRequest(frame.request), exec);
      if (frame.type === "code") assertEquals(decodeKeptCode(frame.code), code);
      if (frame.type === "status") assertEquals(decodeStatusReport(frame.status), status);
    }
  });
}

Deno.test("the preamble has its golden bytes, both ways", () => {
  assertEquals(PREAMBLE.toHex(), wire.preamble);
  const greeting = new PreambleDecoder().push(Uint8Array.fromHex(wire.preamble));
  assertEquals(greeting?.hello, HELLO);
  assertEquals(greeting?.rest.length, 0);
});
