/**
 * Proof of a shared token, both ways, without showing it: HMAC-SHA-256 over fresh nonces of both
 * sides, the role, what the connection is for, and the certificate that the client has seen.
 * PROTOCOL.md, section 7, says what each part is for. Pure: it runs over any {@linkcode ExactStream}.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import {
  AUTH_VERSION,
  AuthType,
  decodeChallenge,
  decodeRefusal,
  decodeResponse,
  encodeChallenge,
  encodeMessage,
  encodeResponse,
  type ExactStream,
  NONCE_BYTES,
  type Purpose,
  purposeByte,
  readMessage,
  RefusalCode,
} from "./auth_messages.ts";

/** Who proves, and what: a proof of one role is none of another, so that no message can be reflected. */
export type ProofRole = "client" | "server" | "request";

/** What both sides have seen of a connection. */
export interface Transcript {
  purpose: Purpose;
  session: Uint8Array;
  clientNonce: Uint8Array;
  serverNonce: Uint8Array;
  /** SHA-256 of the server's certificate (DER) as this side knows it; nothing without TLS. */
  certificate: Uint8Array | undefined;
}

/** A side that says no. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Says of a client's message that the server it met is not the one that knows the token. */
export class WrongServer extends Error {
  override name = "WrongServer";
}

const CONTEXT = "execnet tcp";
const encoder = new TextEncoder();
/** Characters. What is created has 64; less than this could be guessed. */
const MIN_TOKEN_LENGTH = 32;

/** A shared token, as the key of proofs. It cannot be read back. */
export class TokenKey {
  readonly #key: Promise<CryptoKey>;

  /** @throws {RangeError} when the token is too short to be safe; the message does not show it. */
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

  /** The proof of a role. */
  async prove(role: ProofRole, transcript: Transcript, content?: Uint8Array): Promise<Uint8Array> {
    const input = proofInput(role, transcript, content);
    return new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, input));
  }

  /** Whether a proof is right; the time that it takes does not tell how wrong it is. */
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

/** Every part but the last has a fixed length: two different transcripts never give the same bytes. */
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

/** How a connection authenticates. */
export interface AuthOptions {
  key: TokenKey;
  /** See {@linkcode Transcript.certificate}. */
  certificate: Uint8Array | undefined;
}

/**
 * The server's part up to the client's proof. Nothing is answered yet: the caller sends
 * {@linkcode welcome}, or a refusal.
 *
 * @throws {Refusal} when the client is not let in.
 * @returns nothing where the client closed before it said anything.
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

/** The server's proof, for a client that gave its own. */
export async function welcome(key: TokenKey, transcript: Transcript): Promise<Uint8Array> {
  return encodeMessage(AuthType.WELCOME, await key.prove("server", transcript));
}

/** What a client wants of a connection. */
export interface ClientAuthOptions extends AuthOptions {
  purpose: Purpose;
  session: Uint8Array;
}

/**
 * The client's part: proves itself, and lets the server prove itself.
 *
 * @throws {Refusal} when the server says no.
 * @throws {WrongServer} when the server does not know the token.
 * @throws {ProtocolError} when what answers is no server of ours.
 */
export async function authenticate(
  stream: ExactStream,
  { key, certificate, purpose, session }: ClientAuthOptions,
): Promise<Transcript> {
  const first = await readMessage(stream, [AuthType.CHALLENGE]);
  if (first === undefined) {
    throw new ProtocolError("it closed the connection before it said anything");
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
  await stream.write(encodeResponse({ version, purpose, session, clientNonce, proof }));
  const answer = await expect(stream, AuthType.WELCOME);
  if (!await key.verify(answer, "server", transcript)) {
    throw new WrongServer("it did not prove that it knows the token");
  }
  return transcript;
}

/**
 * The payload of the server's next message, which is to be of `type`.
 *
 * @throws {Refusal} when it is a refusal.
 */
export async function expect(stream: ExactStream, type: AuthType): Promise<Uint8Array> {
  const message = await readMessage(stream, [type, AuthType.REFUSED]);
  if (message === undefined) throw new Error("the server closed it");
  if (message.type === type) return message.payload;
  const { code, reason } = decodeRefusal(message.payload);
  throw new Refusal(code as RefusalCode, reason);
}
