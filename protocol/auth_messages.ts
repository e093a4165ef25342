/**
 * The messages of a TCP gateway: authentication, the request for a session, and what goes over a
 * session's control connection. PROTOCOL.md, section 7, is their description.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** Raised by every change after which an older peer would misunderstand a newer one. */
export const AUTH_VERSION = 1;

/** Opens the server's first message. */
export const AUTH_MAGIC: Uint8Array = new TextEncoder().encode("execnet\n");

/** A message's header: type (u8) and length of the payload (u16). */
export const AUTH_HEADER_BYTES: number = 1 + 2;
/** A nonce of either side. */
export const NONCE_BYTES = 32;
/** An HMAC-SHA-256. */
export const PROOF_BYTES = 32;
/** The number that joins the two connections of a session. */
export const SESSION_ID_BYTES = 16;
/** A session request, after its proof. */
export const MAX_REQUEST_BYTES: number = 32 * 1024;
/** The text of a refusal, in UTF-8. */
export const MAX_REASON_BYTES = 1_000;
/** What is printed goes in messages of this size at most. */
export const MAX_OUTPUT_BYTES: number = 32 * 1024;

/** What a message is. The values are the header's first byte. */
export const AuthType = {
  /** Server, first of all: magic, version (u16), the server's nonce. */
  CHALLENGE: 1,
  /** Client: version (u16), purpose (u8), session id, the client's nonce, its proof. */
  RESPONSE: 2,
  /** Server: its proof. */
  WELCOME: 3,
  /** Server, instead of anything: a {@linkcode RefusalCode} (u8) and the reason. It closes then. */
  REFUSED: 4,
  /** Client, on the control connection: a proof, then a session request. */
  REQUEST: 5,
  /** Server, on both connections: the session's process runs. */
  STARTED: 6,
  /** Client: send a signal (u8: 15 or 9) to the process. */
  SIGNAL: 7,
  /** Server: what the process printed on stdout. */
  STDOUT: 8,
  /** Server: what the process printed on stderr. */
  STDERR: 9,
  /** Server, last: how the process ended: code (u8) or 255, and the signal's name in ASCII. */
  EXIT: 10,
  /** Client: are you there? */
  PING: 11,
  /** Server: the answer. */
  PONG: 12,
} as const;

/** A value of {@linkcode AuthType}. */
export type AuthType = typeof AuthType[keyof typeof AuthType];

/** Why a server refuses. */
export const RefusalCode = {
  /** The proof is wrong, or shown for another certificate. */
  AUTHENTICATION: 1,
  /** What came is not the protocol, or not its turn. */
  PROTOCOL: 2,
  /** Another version. */
  VERSION: 3,
  /** Too many sessions, or the server is shutting down. */
  BUSY: 4,
  /** The session asks for what the server does not give. */
  REQUEST: 5,
  /** The session's process could not be started. */
  START: 6,
  /** It took too long. */
  TIMEOUT: 7,
} as const;

/** A value of {@linkcode RefusalCode}. */
export type RefusalCode = typeof RefusalCode[keyof typeof RefusalCode];

/** What a connection is for. */
export type Purpose = "control" | "data";

const PURPOSE_BYTES: Readonly<Record<Purpose, number>> = { control: 1, data: 2 };

/** The number of a purpose on the wire. */
export function purposeByte(purpose: Purpose): number {
  return PURPOSE_BYTES[purpose];
}

/** What a client sends to prove itself. */
export interface AuthResponse {
  version: number;
  purpose: Purpose;
  /** Chosen by the client; the same on both connections. */
  session: Uint8Array;
  clientNonce: Uint8Array;
  proof: Uint8Array;
}

/** Payload sizes by type; a list of two is a range. */
const PAYLOAD_BYTES: Readonly<Record<AuthType, readonly [least: number, most: number]>> = {
  [AuthType.CHALLENGE]: exactly(AUTH_MAGIC.length + 2 + NONCE_BYTES),
  [AuthType.RESPONSE]: exactly(2 + 1 + SESSION_ID_BYTES + NONCE_BYTES + PROOF_BYTES),
  [AuthType.WELCOME]: exactly(PROOF_BYTES),
  [AuthType.REFUSED]: [1, 1 + MAX_REASON_BYTES],
  [AuthType.REQUEST]: [PROOF_BYTES, PROOF_BYTES + MAX_REQUEST_BYTES],
  [AuthType.STARTED]: exactly(0),
  [AuthType.SIGNAL]: exactly(1),
  [AuthType.STDOUT]: [1, MAX_OUTPUT_BYTES],
  [AuthType.STDERR]: [1, MAX_OUTPUT_BYTES],
  [AuthType.EXIT]: [1, 1 + 16],
  [AuthType.PING]: exactly(0),
  [AuthType.PONG]: exactly(0),
};

function exactly(bytes: number): [number, number] {
  return [bytes, bytes];
}

/** A message as bytes. */
export function encodeMessage(type: AuthType, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((total, part) => total + part.length, 0);
  const bytes = new Uint8Array(AUTH_HEADER_BYTES + length);
  bytes[0] = type;
  bytes.set(uint16(length), 1);
  let at = AUTH_HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A message as it arrived. */
export interface AuthMessage {
  type: AuthType;
  payload: Uint8Array;
}

/** Bytes both ways, read by count. */
export interface ExactStream {
  /** The next `count` bytes; nothing where the stream ends before. Rejects where it broke. */
  read(count: number): Promise<Uint8Array | undefined>;
  /** Writes all. */
  write(bytes: Uint8Array): Promise<void> | void;
}

/**
 * Reads a message of one of the types that may come now. Its length is judged before its payload
 * is waited for.
 *
 * @returns nothing where the stream ended between two messages.
 * @throws {ProtocolError} when something else comes.
 */
export async function readMessage(
  stream: ExactStream,
  expected: readonly AuthType[],
): Promise<AuthMessage | undefined> {
  const header = await stream.read(AUTH_HEADER_BYTES);
  if (header === undefined) return undefined;
  const type = expected.find((each) => each === header[0]);
  if (type === undefined) {
    throw new ProtocolError(
      `it sent ${JSON.stringify(new TextDecoder().decode(header))} where a message of type ` +
        `${expected.join(" or ")} was due`,
    );
  }
  const length = readUint16(header, 1);
  const [least, most] = PAYLOAD_BYTES[type];
  if (length < least || length > most) {
    throw new ProtocolError(`its message of type ${type} declares ${length} bytes`);
  }
  const payload = length === 0 ? new Uint8Array() : await stream.read(length);
  if (payload === undefined) throw new ProtocolError("it ended within a message");
  return { type, payload };
}

/** The server's first message. */
export function encodeChallenge(nonce: Uint8Array, version: number = AUTH_VERSION): Uint8Array {
  return encodeMessage(AuthType.CHALLENGE, AUTH_MAGIC, uint16(version), nonce);
}

/**
 * Version and nonce of a CHALLENGE.
 *
 * @throws {ProtocolError} when it has not the magic.
 */
export function decodeChallenge(payload: Uint8Array): { version: number; nonce: Uint8Array } {
  if (!AUTH_MAGIC.every((byte, i) => payload[i] === byte)) {
    throw new ProtocolError("it does not begin as an execnet server does");
  }
  return {
    version: readUint16(payload, AUTH_MAGIC.length),
    nonce: payload.slice(AUTH_MAGIC.length + 2),
  };
}

/** The client's proof. */
export function encodeResponse(response: AuthResponse): Uint8Array {
  const { version, purpose, session, clientNonce, proof } = response;
  return encodeMessage(
    AuthType.RESPONSE,
    uint16(version),
    Uint8Array.of(purposeByte(purpose)),
    session,
    clientNonce,
    proof,
  );
}

/** @throws {ProtocolError} when its purpose is none. */
export function decodeResponse(payload: Uint8Array): AuthResponse {
  const purpose = (["control", "data"] as const).find((each) => purposeByte(each) === payload[2]);
  if (purpose === undefined) throw new ProtocolError(`there is no purpose ${payload[2]}`);
  const nonceAt = 3 + SESSION_ID_BYTES;
  const proofAt = nonceAt + NONCE_BYTES;
  return {
    version: readUint16(payload, 0),
    purpose,
    session: payload.slice(3, nonceAt),
    clientNonce: payload.slice(nonceAt, proofAt),
    proof: payload.slice(proofAt),
  };
}

/** A refusal; a reason that is too long is cut. */
export function encodeRefusal(code: RefusalCode, reason: string): Uint8Array {
  const text = new Uint8Array(MAX_REASON_BYTES);
  const { written } = new TextEncoder().encodeInto(reason, text);
  return encodeMessage(AuthType.REFUSED, Uint8Array.of(code), text.subarray(0, written));
}

/** Code and reason of a REFUSED. */
export function decodeRefusal(payload: Uint8Array): { code: number; reason: string } {
  return { code: payload[0], reason: new TextDecoder().decode(payload.subarray(1)) };
}

const NO_CODE = 255;

/** How a process ended. */
export function encodeExit(code: number | null, signal: string | null): Uint8Array {
  const name = new TextEncoder().encode(signal ?? "").subarray(0, 16);
  return encodeMessage(AuthType.EXIT, Uint8Array.of(signal === null ? code ?? 0 : NO_CODE), name);
}

/** See {@linkcode encodeExit}. */
export function decodeExit(payload: Uint8Array): { code: number | null; signal: string | null } {
  const signal = new TextDecoder().decode(payload.subarray(1));
  return signal === "" ? { code: payload[0], signal: null } : { code: null, signal };
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
