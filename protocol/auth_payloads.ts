/**
 * The payloads of the messages of a TCP gateway, each encoded and decoded. The session request is in
 * auth_request.ts.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { escapeControls } from "../internal/escape.ts";
import {
  AUTH_MAGIC,
  AUTH_VERSION,
  AuthType,
  encodeMessage,
  MAX_REASON_BYTES,
  NONCE_BYTES,
  readUint16,
  type RefusalCode,
  SESSION_ID_BYTES,
  uint16,
} from "./auth_messages.ts";

/** Encodes the CHALLENGE, the server's first message. */
export function encodeChallenge(nonce: Uint8Array, version: number = AUTH_VERSION): Uint8Array {
  return encodeMessage(AuthType.CHALLENGE, AUTH_MAGIC, uint16(version), nonce);
}

/**
 * Decodes a CHALLENGE.
 *
 * @throws {ProtocolError} if it does not begin with the magic.
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

/** The purpose of a connection. */
export type Purpose = "control" | "data";

const PURPOSE_BYTES: Readonly<Record<Purpose, number>> = { control: 1, data: 2 };

/** Returns the number of a purpose on the wire. */
export function purposeByte(purpose: Purpose): number {
  return PURPOSE_BYTES[purpose];
}

/** The content of a RESPONSE. */
export interface AuthResponse {
  version: number;
  purpose: Purpose;
  /** The session id: random, chosen by the client, the same on both connections. */
  session: Uint8Array;
  clientNonce: Uint8Array;
  proof: Uint8Array;
}

/** Encodes the RESPONSE, by which a client proves itself. */
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

/**
 * Decodes a RESPONSE.
 *
 * @throws {ProtocolError} if its purpose is unknown.
 */
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

/** Encodes a REFUSED message; a reason that is too long is cut. */
export function encodeRefusal(code: RefusalCode, reason: string): Uint8Array {
  const text = new Uint8Array(MAX_REASON_BYTES);
  const { written } = new TextEncoder().encodeInto(reason, text);
  return encodeMessage(AuthType.REFUSED, Uint8Array.of(code), text.subarray(0, written));
}

/** Decodes a REFUSED message. Its text is escaped: the server may not have proven itself. */
export function decodeRefusal(payload: Uint8Array): { code: number; reason: string } {
  return { code: payload[0], reason: shownText(payload.subarray(1)) };
}

function shownText(bytes: Uint8Array): string {
  return escapeControls(new TextDecoder().decode(bytes));
}

/** Stands for the exit code of a process that a signal ended. */
const NO_CODE = 255;

/** Encodes an EXIT: how the process ended. */
export function encodeExit(code: number | null, signal: string | null): Uint8Array {
  const name = new TextEncoder().encode(signal ?? "").subarray(0, 16);
  return encodeMessage(AuthType.EXIT, Uint8Array.of(signal === null ? code ?? 0 : NO_CODE), name);
}

/** Decodes an EXIT: either the code or the signal is `null`. */
export function decodeExit(payload: Uint8Array): { code: number | null; signal: string | null } {
  const signal = shownText(payload.subarray(1));
  return signal === "" ? { code: payload[0], signal: null } : { code: null, signal };
}
