import { assertEquals, assertNotEquals } from "@std/assert";
import { KEPT_CODES, MAX_FRAME_BYTES } from "../protocol/constants.ts";
import { decodeKeptCode, type ExecRequest } from "../protocol/control.ts";
import { KeptCodes } from "./kept_codes.ts";

const REQUEST: ExecRequest = { kind: "function", name: "work", position: "", isolated: false };

Deno.test("KeptCodes sends a text once", () => {
  const codes = new KeptCodes();
  const first = codes.keep(REQUEST, "() => 1");
  assertEquals(decodeKeptCode(first?.message ?? new Uint8Array()), {
    ...REQUEST,
    text: "() => 1",
  });
  assertEquals(codes.keep({ ...REQUEST }, "() => 1"), { number: 0, message: undefined });
});

Deno.test("KeptCodes tells codes apart by kind, name and position too", () => {
  const codes = new KeptCodes();
  const numbers = [
    REQUEST,
    { ...REQUEST, kind: "call" as const },
    { ...REQUEST, name: "other" },
    { ...REQUEST, position: "1:1" },
  ].map((request) => codes.keep(request, "() => 1")?.number);
  assertEquals(numbers, [0, 1, 2, 3]);
});

Deno.test("KeptCodes gives a number again, and then sends what had it anew", () => {
  const codes = new KeptCodes();
  for (let i = 0; i <= KEPT_CODES; i++) codes.keep(REQUEST, `() => ${i}`);
  assertEquals(codes.keep(REQUEST, `() => ${KEPT_CODES}`), { number: 0, message: undefined });
  assertEquals(codes.keep(REQUEST, "() => 1"), { number: 1, message: undefined });
  const again = codes.keep(REQUEST, "() => 0");
  assertEquals(again?.number, 1);
  assertNotEquals(again?.message, undefined);
});

Deno.test("KeptCodes leaves what is longer than a frame", () => {
  const codes = new KeptCodes();
  assertEquals(codes.keep(REQUEST, "x".repeat(MAX_FRAME_BYTES)), undefined);
  assertEquals(codes.keep(REQUEST, "ä".repeat(MAX_FRAME_BYTES - 1000)), undefined);
  assertEquals(codes.keep(REQUEST, "x".repeat(MAX_FRAME_BYTES - 1000))?.number, 0);
});
