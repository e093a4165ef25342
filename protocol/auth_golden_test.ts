/** The bytes of the handshake, for other implementations. */
import { assertEquals } from "@std/assert";
import { TokenKey } from "./auth.ts";
import { AUTH_VERSION, AuthType, RefusalCode } from "./auth_messages.ts";
import { encodeChallenge, encodeResponse } from "./auth_payloads.ts";

const TOKEN = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TRANSCRIPT = {
  purpose: "control" as const,
  session: new Uint8Array(16).fill(0x11),
  clientNonce: new Uint8Array(32).fill(0x22),
  serverNonce: new Uint8Array(32).fill(0x33),
  certificate: undefined,
};

Deno.test("the numbers of the handshake are those in PROTOCOL.md", () => {
  assertEquals(AUTH_VERSION, 1);
  assertEquals(Object.values(AuthType), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assertEquals(Object.values(RefusalCode), [1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("a challenge has the bytes that PROTOCOL.md describes", () => {
  assertEquals(
    hex(encodeChallenge(TRANSCRIPT.serverNonce)),
    "01002a" + "657865636e65740a" + "0001" + "33".repeat(32),
  );
});

Deno.test("a response and its proofs have the bytes that PROTOCOL.md describes", async () => {
  const key = new TokenKey(TOKEN);
  const proof = await key.prove("client", TRANSCRIPT);
  assertEquals(
    hex(encodeResponse({ version: AUTH_VERSION, ...TRANSCRIPT, proof })),
    "020053" + "0001" + "01" + "11".repeat(16) + "22".repeat(32) + hex(proof),
  );
  // Computed with Python's hmac.
  assertEquals(await proofs(key), [
    "44ba5c9ccaa43f049f3926ac05849a5279a89c52981ec8830bb1b9ef93995f75",
    "2fd0b6c61a0ef19e8253acd7a710119b061d8ad54defca42376b1d0224ad9e39",
    "c9c6f392ab27f94a8b1ca76aecc762a643896df562900f384847c3dc5b39dfff",
  ]);
});

async function proofs(key: TokenKey): Promise<string[]> {
  return [
    hex(await key.prove("client", TRANSCRIPT)),
    hex(await key.prove("server", TRANSCRIPT)),
    hex(await key.prove("request", TRANSCRIPT, new TextEncoder().encode("request"))),
  ];
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
