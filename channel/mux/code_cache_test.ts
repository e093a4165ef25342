import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../../errors.ts";
import { CODE_HASH_BYTES, KEPT_CODES, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { decodeKeptCode, encodeKeptCode, type ExecRequest } from "../../protocol/control.ts";
import { hashOf } from "../../tests/support/peers.ts";
import { randomFrom } from "../../tests/support/random.ts";
import { type CodeReference, ReceivedCode, SentCode } from "./code_cache.ts";

const REQUEST: ExecRequest = { kind: "function", name: "work", position: "", isolated: false };

function messageOf(kept: CodeReference | undefined): Uint8Array {
  return kept?.payload?.subarray(CODE_HASH_BYTES) ?? new Uint8Array();
}

Deno.test("SentCode sends a text once, after its hash", () => {
  const codes = new SentCode(hashOf);
  const first = codes.refer(REQUEST, "() => 1");
  assertEquals(decodeKeptCode(messageOf(first)), { ...REQUEST, text: "() => 1" });
  assertEquals(first?.hash, hashOf(messageOf(first)));
  assertEquals(first?.payload?.subarray(0, CODE_HASH_BYTES), first?.hash);
  assertEquals(codes.refer({ ...REQUEST }, "() => 1"), { hash: first?.hash, payload: undefined });
});

Deno.test("SentCode gives a text the same hash on every connection", () => {
  const [one, other] = [new SentCode(hashOf), new SentCode(hashOf)];
  other.refer(REQUEST, "() => 2");
  assertEquals(one.refer(REQUEST, "() => 1"), other.refer(REQUEST, "() => 1"));
});

Deno.test("SentCode tells codes apart by kind, name and position too", () => {
  const codes = new SentCode(hashOf);
  const hashes = [
    REQUEST,
    { ...REQUEST, kind: "call" as const },
    { ...REQUEST, name: "other" },
    { ...REQUEST, position: "1:1" },
  ].map((request) => String(codes.refer(request, "() => 1")?.hash));
  assertEquals(new Set(hashes).size, 4);
});

Deno.test("SentCode forgets the oldest, and sends it anew when it is asked for", () => {
  const codes = new SentCode(hashOf);
  for (let i = 0; i <= KEPT_CODES; i++) codes.refer(REQUEST, `() => ${i}`);
  assertEquals(codes.refer(REQUEST, `() => ${KEPT_CODES}`)?.payload, undefined);
  assertEquals(codes.refer(REQUEST, "() => 1")?.payload, undefined);
  assertNotEquals(codes.refer(REQUEST, "() => 0")?.payload, undefined);
  assertNotEquals(codes.refer(REQUEST, "() => 1")?.payload, undefined);
});

Deno.test("SentCode leaves what is longer than a frame", () => {
  const codes = new SentCode(hashOf);
  assertEquals(codes.refer(REQUEST, "x\ud800"), undefined);
  assertEquals(codes.refer(REQUEST, "x".repeat(MAX_FRAME_BYTES)), undefined);
  assertEquals(codes.refer(REQUEST, "ä".repeat(MAX_FRAME_BYTES - 1000)), undefined);
  const kept = codes.refer(REQUEST, "x".repeat(MAX_FRAME_BYTES - 1000));
  assertNotEquals(kept?.payload, undefined);
});

Deno.test("ReceivedCode has what SentCode names, whatever is sent, and no more than that", () => {
  const kept = new SentCode(hashOf);
  const received = new ReceivedCode();
  const next = randomFrom(7);
  for (let i = 0; i < 20_000; i++) {
    const text = `() => ${Math.floor(next() * 1.5 * KEPT_CODES)}`;
    const { hash, payload } = kept.refer(REQUEST, text) as CodeReference;
    if (payload !== undefined) {
      received.add(payload.slice(0, CODE_HASH_BYTES), payload.slice(CODE_HASH_BYTES));
    }
    assertEquals(received.get(hash).text, text);
  }
});

Deno.test("ReceivedCode keeps the latest, also of what comes again", () => {
  const received = new ReceivedCode();
  const messages = Array.from(
    { length: KEPT_CODES + 1 },
    (_, i) => encodeKeptCode({ ...REQUEST, text: `() => ${i}` }),
  );
  for (const message of messages.slice(0, KEPT_CODES)) received.add(hashOf(message), message);
  received.add(hashOf(messages[0]), messages[0]);
  received.add(hashOf(messages[KEPT_CODES]), messages[KEPT_CODES]);
  assertEquals(received.get(hashOf(messages[0])).text, "() => 0");
  assertThrows(
    () => received.get(hashOf(messages[1])),
    ProtocolError,
    "code that it has not sent, or not lately",
  );
});
