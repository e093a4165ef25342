import { assertEquals, assertThrows } from "@std/assert";
import { pack, unpack } from "./compression.ts";
import { SyncProtocolError } from "./check.ts";

const TEXT = new TextEncoder().encode("again and ".repeat(1_000));

Deno.test("pack makes bytes smaller that can be, and leaves others", () => {
  const packed = pack(TEXT);
  assertEquals(packed && packed.bytes.length < 500, true);
  assertEquals(packed && unpack(packed, 10_000), TEXT);
  assertEquals(pack(crypto.getRandomValues(new Uint8Array(5_000))), undefined);
  assertEquals(pack(new Uint8Array(10)), undefined);
});

Deno.test("unpack refuses what is cut, of another size, too large, or not compressed", () => {
  const { bytes, size } = pack(TEXT) ?? { bytes: TEXT, size: 0 };
  const wrong: [Uint8Array<ArrayBuffer>, number, number][] = [
    [bytes.slice(0, -1), size, size],
    [bytes, size - 1, size],
    [bytes, size + 1, size + 1],
    [bytes, size, size - 1],
    [bytes, -1, size],
    [bytes, 1.5, size],
    [TEXT, size, size],
    [new Uint8Array(), size, size],
  ];
  for (const [sent, claimed, most] of wrong) {
    assertThrows(() => unpack({ bytes: sent, size: claimed }, most), SyncProtocolError);
  }
});
