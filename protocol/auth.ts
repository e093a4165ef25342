/**
 * Mutual proof of a shared token that does not reveal it: an HMAC-SHA-256 over fresh nonces of both
 * sides, the role, the purpose of the connection, and the server's certificate. PROTOCOL.md, section
 * 7, gives the reason for each part.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  AUTH_VERSION,
  AuthType,
  encodeMessage,
  type ExactStream,
  NONCE_BYTES,
  readMessage,
  RefusalCode,
} from "./auth_messages.ts";
import {
  decodeChallenge,
  decodeRefusal,
  decodeResponse,
  encodeChallenge,
  encodeResponse,
  type Purpose,
  purposeByte,
} from "./auth_payloads.ts";

/** The role of a proof. No proof is valid in another role, so that no message can be reflected. */
export type ProofRole = "client" | "server" | "request";

/** The parts of a connection that both sides know, and that a proof covers. */
export interface Transcript {
  purpose: Purpose;
  session: Uint8Array;
  clientNonce: Uint8Array;
  serverNonce: Uint8Array;
  /** SHA-256 of the server's certificate (DER) as this side knows it; `undefined` without TLS. */
  certificate: Uint8Array | undefined;
}

/** The server refuses a client. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The server did not prove that it knows the token. */
export class WrongServer extends Error {
  override name = "WrongServer";
}

/** The server closed a connection before it answered the proof, without a reason; `cause` says how. */
export class Displaced extends Error {
  override name = "Displaced";
}

const CONTEXT = "execnet tcp";
const encoder = new TextEncoder();
/** In characters: a shorter token could be guessed. Tokens that a server creates have 64. */
const MIN_TOKEN_LENGTH = 32;

/** A shared token as the key of proofs. It cannot be read back. */
export class TokenKey {
  readonly #key: Promise<CryptoKey>;

  /** @throws {RangeError} if the token is too short to be safe; the message does not show it. */
  constructor(token: string) {
    if (token.length < MIN_TOKEN_LENGTH) {
      throw new RangeError(
        `a token has at least ${MIN_TOKEN_LENGTH} characters, and this one has ${token.length}`,
      );
    }
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    this.#key = crypto.subtle.importKey("raw", encoder.encode(token), algorithm, false, [
      "sign",
      "verify",
    ]);
  }

  /** Returns the proof of a role. */
  async prove(role: ProofRole, transcript: Transcript, content?: Uint8Array): Promise<Uint8Array> {
    const input = proofInput(role, transcript, content);
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, input));
  }

  /** Returns whether a proof is right, in a time that does not depend on where it is wrong. */
  async verify(
    proof: Uint8Array,
    role: ProofRole,
    transcript: Transcript,
    content?: Uint8Array,
  ): Promise<boolean> {
    const input = proofInput(role, transcript, content);
    return await crypto.subtle.verify("HMAC", await this.#key, proof.slice(), input);
  }
}

/**
 * Returns the bytes that a proof covers. Each part but the last has a fixed length, so different
 * transcripts never give the same bytes.
 */
function proofInput(
  role: ProofRole,
  { purpose, session, clientNonce, serverNonce, certificate }: Transcript,
  content: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const parts = [
    encoder.encode(`${CONTEXT} ${AUTH_VERSION} ${role}\0`),
    Uint8Array.of(purposeByte(purpose)),
    session,
    clientNonce,
    serverNonce,
    Uint8Array.of(certificate === undefined ? 0 : 1),
    certificate ?? new Uint8Array(32),
    content,
  ];
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What one side authenticates a connection with. */
export interface AuthOptions {
  key: TokenKey;
  /** See {@linkcode Transcript.certificate}. */
  certificate: Uint8Array | undefined;
}

/**
 * Runs the server's part of the handshake up to the client's proof. The caller then sends
 * {@linkcode welcome}, or a refusal.
 *
 * @returns `undefined` if the client closed the connection without a message.
 * @throws {Refusal} if the client's version or proof is wrong.
 */
export async function challenge(
  stream: ExactStream,
  { key, certificate }: AuthOptions,
): Promise<Transcript | undefined> {
  const serverNonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  await stream.write(encodeChallenge(serverNonce));
  const message = await readMessage(stream, [AuthType.RESPONSE]);
  if (message === undefined) return undefined;
  const { version, proof, ...response } = decodeResponse(message.payload);
  if (version !== AUTH_VERSION) {
    throw new Refusal(
      RefusalCode.VERSION,
      `the client speaks version ${version} of the handshake, the server version ${AUTH_VERSION}`,
    );
  }
  const transcript = { ...response, serverNonce, certificate };
  if (!await key.verify(proof, "client", transcript)) {
    throw new Refusal(RefusalCode.AUTHENTICATION, "the proof of the token is wrong");
  }
  return transcript;
}

/** Returns the WELCOME message, with the server's proof, for a client that has proved itself. */
export async function welcome(key: TokenKey, transcript: Transcript): Promise<Uint8Array> {
  return encodeMessage(AuthType.WELCOME, await key.prove("server", transcript));
}

/** What a client authenticates a connection with, and for. */
export interface ClientAuthOptions extends AuthOptions {
  purpose: Purpose;
  session: Uint8Array;
}

/**
 * Runs the client's part of the handshake: proves itself, then checks the server's proof.
 *
 * @throws {Refusal} if the server refuses.
 * @throws {WrongServer} if the server does not know the token.
 * @throws {Displaced} if the server closes the connection: others may have taken its place.
 * @throws {ProtocolError} if the other side is not an execnet server.
 */
export async function authenticate(
  stream: ExactStream,
  { key, certificate, purpose, session }: ClientAuthOptions,
): Promise<Transcript> {
  const first = await unlessDisplaced(readMessage(stream, [AuthType.CHALLENGE]));
  if (first === undefined) {
    throw displaced(new ProtocolError("it closed the connection without a message"));
  }
  const { version, nonce } = decodeChallenge(first.payload);
  if (version !== AUTH_VERSION) {
    throw new ProtocolError(
      `the server speaks version ${version} of the handshake, this side version ${AUTH_VERSION}: ` +
        `use the same release of execnet on both`,
    );
  }
  const clientNonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const transcript = { purpose, session, clientNonce, serverNonce: nonce, certificate };
  const proof = await key.prove("client", transcript);
  const response = encodeResponse({ version, purpose, session, clientNonce, proof });
  const answer = await unlessDisplaced((async () => {
    await stream.write(response);
    return await expect(stream, AuthType.WELCOME);
  })());
  if (!await key.verify(answer, "server", transcript)) {
    throw new WrongServer("it did not prove that it knows the token");
  }
  return transcript;
}

async function unlessDisplaced<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw cause instanceof Refusal || cause instanceof ProtocolError ? cause : displaced(cause);
  }
}

function displaced(cause: unknown): Displaced {
  return new Displaced("the server closed the connection before it answered", { cause });
}

/**
 * Reads the server's next message, and returns its payload.
 *
 * @throws {Refusal} if it is a refusal.
 * @throws {ProtocolError} if it is of another type than `type`.
 */
export async function expect(stream: ExactStream, type: AuthType): Promise<Uint8Array> {
  const message = await readMessage(stream, [type, AuthType.REFUSED]);
  if (message === undefined) throw new Error("the server closed the connection");

  if (message.type === type) return message.payload;
  const { code, reason } = decodeRefusal(message.payload);
  throw new Refusal(code as RefusalCode, reason);
}
