import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../errors.ts";
import { CODE_HASH_BYTES, KEPT_CODES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { decodeKeptCode, encodeKeptCode, type ExecRequest } from "../../protocol/control.ts";
import { hashOf } from "../../tests/support/peers.ts";
import { randomFrom } from "../../tests/support/random.ts";
import { type Kept, KeptCodes, ReceivedCodes } from "./code_cache.ts";

const REQUEST: ExecRequest = { kind: "function", name: "work", position: "", isolated: false };

function messageOf(kept: Kept | undefined): Uint8Array {
  return kept?.payload?.subarray(CODE_HASH_BYTES) ?? new Uint8Array();
}

Deno.test("KeptCodes sends a text once, after its hash", () => {
  const codes = new KeptCodes(hashOf);
  const first = codes.keep(REQUEST, "() => 1");
  assertEquals(decodeKeptCode(messageOf(first)), { ...REQUEST, text: "() => 1" });
  assertEquals(first?.hash, hashOf(messageOf(first)));
  assertEquals(first?.payload?.subarray(0, CODE_HASH_BYTES), first?.hash);
  assertEquals(codes.keep({ ...REQUEST }, "() => 1"), { hash: first?.hash, payload: undefined });
});

Deno.test("KeptCodes gives a text the same hash on every connection", () => {
  const [one, other] = [new KeptCodes(hashOf), new KeptCodes(hashOf)];
  other.keep(REQUEST, "() => 2");
  assertEquals(one.keep(REQUEST, "() => 1"), other.keep(REQUEST, "() => 1"));
});

Deno.test("KeptCodes tells codes apart by kind, name and position too", () => {
  const codes = new KeptCodes(hashOf);
  const hashes = [
    REQUEST,
    { ...REQUEST, kind: "call" as const },
    { ...REQUEST, name: "other" },
    { ...REQUEST, position: "1:1" },
  ].map((request) => String(codes.keep(request, "() => 1")?.hash));
  assertEquals(new Set(hashes).size, 4);
});

Deno.test("KeptCodes forgets the oldest, and sends it anew when it is asked for", () => {
  const codes = new KeptCodes(hashOf);
  for (let i = 0; i <= KEPT_CODES; i++) codes.keep(REQUEST, `() => ${i}`);
  assertEquals(codes.keep(REQUEST, `() => ${KEPT_CODES}`)?.payload, undefined);
  assertEquals(codes.keep(REQUEST, "() => 1")?.payload, undefined);
  assertNotEquals(codes.keep(REQUEST, "() => 0")?.payload, undefined);
  assertNotEquals(codes.keep(REQUEST, "() => 1")?.payload, undefined);
});

Deno.test("KeptCodes leaves what is longer than a frame", () => {
  const codes = new KeptCodes(hashOf);
  assertEquals(codes.keep(REQUEST, "x".repeat(MAX_FRAME_BYTES)), undefined);
  assertEquals(codes.keep(REQUEST, "ä".repeat(MAX_FRAME_BYTES - 1000)), undefined);
  const kept = codes.keep(REQUEST, "x".repeat(MAX_FRAME_BYTES - 1000));
  assertNotEquals(kept?.payload, undefined);
});

Deno.test("ReceivedCodes has what KeptCodes names, whatever is sent, and no more than that", () => {
  const kept = new KeptCodes(hashOf);
  const received = new ReceivedCodes();
  const next = randomFrom(7);
  for (let i = 0; i < 20_000; i++) {
    const text = `() => ${Math.floor(next() * 1.5 * KEPT_CODES)}`;
    const { hash, payload } = kept.keep(REQUEST, text) as Kept;
    if (payload !== undefined) {
      received.take(payload.slice(0, CODE_HASH_BYTES), payload.slice(CODE_HASH_BYTES));
    }
    assertEquals(received.get(hash).text, text);
  }
});

Deno.test("ReceivedCodes keeps the latest, also of what comes again", () => {
  const received = new ReceivedCodes();
  const messages = Array.from(
    { length: KEPT_CODES + 1 },
    (_, i) => encodeKeptCode({ ...REQUEST, text: `() => ${i}` }),
  );
  for (const message of messages.slice(0, KEPT_CODES)) received.take(hashOf(message), message);
  received.take(hashOf(messages[0]), messages[0]);
  received.take(hashOf(messages[KEPT_CODES]), messages[KEPT_CODES]);
  assertEquals(received.get(hashOf(messages[0])).text, "() => 0");
  assertThrows(
    () => received.get(hashOf(messages[1])),
    ProtocolError,
    "code that it has not sent, or not lately",
  );
});
