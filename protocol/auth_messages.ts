/**
 * The messages of a TCP gateway: their header, types and sizes. PROTOCOL.md, section 7, describes
 * them; auth_payloads.ts has what is inside.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** Raised by every change that makes an older peer misunderstand a newer one. */
export const AUTH_VERSION = 1;

/** The first bytes of the server's first message. */
export const AUTH_MAGIC: Uint8Array = new TextEncoder().encode("execnet\n");

/** The header of a message: type (u8) and length of the payload (u16). */
export const AUTH_HEADER_BYTES: number = 1 + 2;
/** The nonce of either side. */
export const NONCE_BYTES = 32;
/** A proof: an HMAC-SHA-256. */
export const PROOF_BYTES = 32;
/** The random id that both connections of a session share. */
export const SESSION_ID_BYTES = 16;
/** The largest session request, without its proof. */
export const MAX_REQUEST_BYTES: number = 32 * 1024;
/** The longest reason of a refusal, in UTF-8. */
export const MAX_REASON_BYTES = 1_000;
/** The largest piece of output in one message. */
export const MAX_OUTPUT_BYTES: number = 32 * 1024;

/** Types of messages. The values are the first byte of the header. */
export const AuthType = {
  /** Server, first: magic, version (u16), the server's nonce. */
  CHALLENGE: 1,
  /** Client: version (u16), purpose (u8), session id, the client's nonce, its proof. */
  RESPONSE: 2,
  /** Server: its proof. */
  WELCOME: 3,
  /** Server, in place of any other: a {@linkcode RefusalCode} (u8) and the reason. It then closes. */
  REFUSED: 4,
  /** Client, on the control connection: a proof, then a session request. */
  REQUEST: 5,
  /** Server, on both connections: the session has begun. */
  STARTED: 6,
  /** Client: send a signal (u8: 15 or 9) to the process. */
  SIGNAL: 7,
  /** Server: output of the process on stdout. */
  STDOUT: 8,
  /** Server: output of the process on stderr. */
  STDERR: 9,
  /** Server, last: exit code (u8) of the process, or 255 and the name of a signal in ASCII. */
  EXIT: 10,
  /** Client: asks for a PONG. */
  PING: 11,
  /** Server: answers a PING. */
  PONG: 12,
} as const;

/** A value of {@linkcode AuthType}. */
export type AuthType = typeof AuthType[keyof typeof AuthType];

/** Reasons to refuse a client. */
export const RefusalCode = {
  /** The proof is wrong, or shown for another certificate. */
  AUTHENTICATION: 1,
  /** A message is malformed, or of a type that cannot come now. */
  PROTOCOL: 2,
  /** The version differs. */
  VERSION: 3,
  /** There are too many sessions, or the server is shutting down. */
  BUSY: 4,
  /** The session request exceeds what the server allows. */
  REQUEST: 5,
  /** The session's process could not be started. */
  START: 6,
  /** The handshake took too long. */
  TIMEOUT: 7,
} as const;

/** A value of {@linkcode RefusalCode}. */
export type RefusalCode = typeof RefusalCode[keyof typeof RefusalCode];

/** The payload length that each type may declare. */
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

/** Encodes a message; `parts` make up its payload. */
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

/** A received message. */
export interface AuthMessage {
  type: AuthType;
  payload: Uint8Array;
}

/** A stream of bytes in both directions that is read by exact counts. */
export interface ExactStream {
  /** Reads `count` bytes; `undefined` if the stream ends before them. Rejects if it broke. */
  read(count: number): Promise<Uint8Array | undefined>;
  /** Writes all bytes. */
  write(bytes: Uint8Array): Promise<void> | void;
}

/**
 * Reads a message of one of the `expected` types. Its length is checked before its payload is read.
 *
 * @returns `undefined` if the stream ended between two messages.
 * @throws {ProtocolError} if the message is of another type or malformed.
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

/** Returns a u16, big-endian. */
export function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

/** Reads a u16, big-endian. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
