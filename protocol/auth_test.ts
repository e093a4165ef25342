import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { assertExists, assertInstanceOf } from "../tests/support/assert.ts";
import { authenticate, challenge, Refusal, TokenKey, welcome, WrongServer } from "./auth.ts";
import {
  AUTH_HEADER_BYTES,
  AUTH_VERSION,
  AuthType,
  encodeMessage,
  NONCE_BYTES,
  PROOF_BYTES,
  readMessage,
  RefusalCode,
  SESSION_ID_BYTES,
} from "./auth_messages.ts";
import { encodeChallenge, encodeRefusal } from "./auth_payloads.ts";
import { decodeRequest, encodeRequest, type SessionRequest } from "./auth_request.ts";
import { End } from "../tests/support/exact_stream.ts";
import { randomFrom } from "../tests/support/random.ts";

const KEY = new TokenKey("one token, known to both sides of these tests");
const OTHER_KEY = new TokenKey("another token, which only an attacker may know");
const CERTIFICATE = new Uint8Array(32).fill(1);
const OTHER_CERTIFICATE = new Uint8Array(32).fill(2);
const SESSION = new Uint8Array(SESSION_ID_BYTES).fill(3);

interface Sides {
  clientKey?: TokenKey;
  clientSees?: Uint8Array;
  serverShows?: Uint8Array;
}

/** Runs both sides of a handshake. Returns how each ended. */
async function handshake({ clientKey = KEY, clientSees, serverShows }: Sides = {}) {
  const [near, far] = End.pair();
  const serve = async () => {
    try {
      const transcript = await challenge(far, { key: KEY, certificate: serverShows });
      assertExists(transcript);
      far.write(await welcome(KEY, transcript));
      return transcript;
    } catch (error) {
      if (error instanceof Refusal) far.write(encodeRefusal(error.code, error.message));
      throw error;
    }
  };
  const [client, server] = await Promise.allSettled([
    authenticate(near, {
      key: clientKey,
      certificate: clientSees,
      purpose: "control",
      session: SESSION,
    }),
    serve(),
  ]);
  return { client, server, near, far };
}

function reasonOf(result: PromiseSettledResult<unknown>): Error {
  assertEquals(result.status, "rejected");
  return (result as PromiseRejectedResult).reason;
}

Deno.test("two sides with the same token accept each other, with the same transcript", async () => {
  const { client, server } = await handshake();
  assertEquals(client.status, "fulfilled");
  assertEquals(client, server);
});

Deno.test("over TLS two sides accept each other if both know the same certificate", async () => {
  const { client } = await handshake({ clientSees: CERTIFICATE, serverShows: CERTIFICATE });
  assertEquals(client.status, "fulfilled");
});

Deno.test("a wrong token is refused, and the client learns the reason", async () => {
  const { client, server } = await handshake({ clientKey: OTHER_KEY });
  for (const error of [reasonOf(client), reasonOf(server)]) {
    assertInstanceOf(error, Refusal);
    assertEquals(error.code, RefusalCode.AUTHENTICATION);
  }
});

Deno.test("another certificate on one side, or none, is refused", async () => {
  for (
    const [clientSees, serverShows] of [
      [OTHER_CERTIFICATE, CERTIFICATE],
      [undefined, CERTIFICATE],
      [CERTIFICATE, undefined],
    ]
  ) {
    const { server } = await handshake({ clientSees, serverShows });
    assertInstanceOf(reasonOf(server), Refusal);
  }
});

Deno.test("a replayed proof is refused, because the server's nonce differs", async () => {
  const { near } = await handshake();
  const [, far] = End.pair();
  far.push(near.sent[0]);
  await assertRejects(() => challenge(far, { key: KEY, certificate: undefined }), Refusal);
});

Deno.test("a server that reflects the client's proof as its own is a wrong server", async () => {
  const [near, far] = End.pair();
  far.write(encodeChallenge(new Uint8Array(NONCE_BYTES)));
  const client = authenticate(near, {
    key: KEY,
    certificate: undefined,
    purpose: "control",
    session: SESSION,
  });
  const response = await readMessage(far, [AuthType.RESPONSE]);
  assertExists(response);
  far.write(encodeMessage(AuthType.WELCOME, response.payload.slice(-PROOF_BYTES)));
  await assertRejects(() => client, WrongServer);
});

Deno.test("a reflected challenge proves nothing", async () => {
  const [near, far] = End.pair();
  const server = challenge(far, { key: KEY, certificate: undefined });
  const header = await near.read(AUTH_HEADER_BYTES);
  assertEquals(header?.[0], AuthType.CHALLENGE);
  near.write(far.sent[0]);
  await assertRejects(() => server, ProtocolError, "where a message of type 2 was due");
});

Deno.test("a proof for a control connection is not valid for a data connection", async () => {
  const { near, far } = await handshake();
  const nonce = far.sent[0].slice(-NONCE_BYTES);
  const response = near.sent[0].slice();
  response[AUTH_HEADER_BYTES + 2] = 2;
  // With the same server nonce, as if it had been reused, only the purpose differs.
  const proof = response.slice(-PROOF_BYTES);
  const at = AUTH_HEADER_BYTES + 3 + SESSION_ID_BYTES;
  const transcript = {
    purpose: "data" as const,
    session: SESSION,
    clientNonce: response.slice(at, at + NONCE_BYTES),
    serverNonce: nonce,
    certificate: undefined,
  };
  assertEquals(await KEY.verify(proof, "client", transcript), false);
  assertEquals(await KEY.verify(proof, "client", { ...transcript, purpose: "control" }), true);
});

Deno.test("both sides name a version that differs", async () => {
  const [near, far] = End.pair();
  far.write(encodeChallenge(new Uint8Array(NONCE_BYTES), AUTH_VERSION + 1));
  const options = { key: KEY, certificate: undefined, purpose: "data", session: SESSION } as const;
  const error = await assertRejects(() => authenticate(near, options), ProtocolError);
  assertMatch(error.message, /version 2 .*version 1/);
});

Deno.test("10,000 garbage and bit-flipped handshakes are refused, and none is answered", async () => {
  const random = randomFrom(7);
  const { near } = await handshake();
  const good = near.sent[0];
  for (let i = 0; i < 10_000; i++) {
    const bytes = good.slice();
    if (i % 2 === 0) bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
    else for (let at = 0; at < bytes.length; at++) bytes[at] = random() * 256;
    const [, far] = End.pair();
    far.push(bytes.subarray(0, i % 3 === 0 ? Math.floor(random() * bytes.length) : bytes.length));
    far.end();
    let transcript;
    try {
      transcript = await challenge(far, { key: KEY, certificate: undefined });
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ProtocolError)) throw error;
    }
    assertEquals(transcript, undefined);
    assertEquals(far.sent.length, 1, "nothing but the challenge is sent before a proof");
  }
});

const REQUEST: SessionRequest = {
  name: "gw0",
  all: false,
  allow: { read: ["/data"], net: true },
  deny: {},
  env: { LANG: "C" },
  chdir: "",
  nice: 0,
  deno: "",
};

Deno.test("a session request is decoded as it was encoded, unless one bit was changed", async () => {
  const { client } = await handshake();
  assertEquals(client.status, "fulfilled");
  const transcript = (client as PromiseFulfilledResult<Awaited<ReturnType<typeof authenticate>>>)
    .value;
  const message = await encodeRequest(KEY, transcript, REQUEST);
  const payload = message.slice(AUTH_HEADER_BYTES);
  assertEquals(
    JSON.stringify(await decodeRequest(KEY, transcript, payload)),
    JSON.stringify(REQUEST),
  );
  for (let at = 0; at < payload.length; at++) {
    const changed = payload.slice();
    changed[at] ^= 1;
    await assertRejects(() => decodeRequest(KEY, transcript, changed), ProtocolError);
  }
});

Deno.test("a session request that is too large is refused before it is sent", async () => {
  const { client } = await handshake();
  const transcript = (client as PromiseFulfilledResult<Awaited<ReturnType<typeof authenticate>>>)
    .value;
  const env = { LONG: "x".repeat(40_000) };
  await assertRejects(() => encodeRequest(KEY, transcript, { ...REQUEST, env }), RangeError);
});

Deno.test("a short token is refused, and the message does not show it", () => {
  const error = assertThrows(() => new TokenKey("hunter2"), RangeError);
  assertEquals(error.message.includes("hunter2"), false);
});
