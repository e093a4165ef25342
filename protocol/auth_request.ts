/**
 * The session request of a TCP gateway: a MessagePack map, checked field by field.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { AuthType, encodeMessage, MAX_REQUEST_BYTES, PROOF_BYTES } from "./auth_messages.ts";
import type { TokenKey, Transcript } from "./auth.ts";
import { decodeFields, encodeFields, stringField } from "./fields.ts";

/** Permissions by kind: `true` for all of it, or a list of entries. */
export type RequestedSet = Readonly<Record<string, true | readonly string[]>>;

/** What a client requests for a session. The server refuses more than its ceiling. */
export interface SessionRequest {
  /** The client's name for the gateway; for the log. */
  name: string;
  all: boolean;
  allow: RequestedSet;
  deny: RequestedSet;
  env: Readonly<Record<string, string>>;
  /** Working directory; empty for the server's. */
  chdir: string;
  /** What to add to the niceness of the process. */
  nice: number;
  /** The `deno` to start; empty. A server refuses any other value. */
  deno: string;
  /** Unstable features of Deno. Default: none. */
  unstable?: readonly string[];
}

/**
 * Encodes a REQUEST, with its proof.
 *
 * @throws {RangeError} if it is larger than {@linkcode MAX_REQUEST_BYTES}.
 */
export async function encodeRequest(
  key: TokenKey,
  transcript: Transcript,
  request: SessionRequest,
): Promise<Uint8Array> {
  const { unstable = [], ...required } = request;
  const content = encodeFields(unstable.length > 0 ? { ...required, unstable } : required);
  if (content.length > MAX_REQUEST_BYTES) {
    throw new RangeError(
      `its permissions and environment take ${content.length} bytes; a server takes at most ` +
        `${MAX_REQUEST_BYTES}`,
    );
  }
  return encodeMessage(
    AuthType.REQUEST,
    await key.prove("request", transcript, content),
    content,
  );
}

/**
 * Checks the proof of a REQUEST, and decodes it.
 *
 * @throws {ProtocolError} if the proof is wrong or the request malformed.
 */
export async function decodeRequest(
  key: TokenKey,
  transcript: Transcript,
  payload: Uint8Array,
): Promise<SessionRequest> {
  const content = payload.slice(PROOF_BYTES);
  if (!await key.verify(payload.subarray(0, PROOF_BYTES), "request", transcript, content)) {
    throw new ProtocolError("its session request was changed on the way");
  }
  const fields = decodeFields(content, "session request");
  const text = (name: string) => stringField(fields, name, "session request");
  const nice = fields.get("nice");
  if (typeof nice !== "number" || !Number.isInteger(nice)) throw fieldError("nice");
  const all = fields.get("all");
  if (typeof all !== "boolean") throw fieldError("all");
  return {
    name: text("name"),
    all,
    allow: setField(fields, "allow"),
    deny: setField(fields, "deny"),
    env: envField(fields),
    chdir: text("chdir"),
    nice,
    deno: text("deno"),
    ...(fields.has("unstable") ? { unstable: listField(fields, "unstable") } : {}),
  };
}

function listField(fields: ReadonlyMap<string, unknown>, name: string): readonly string[] {
  const value = fields.get(name);
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw fieldError(name);
}

function setField(fields: ReadonlyMap<string, unknown>, name: string): RequestedSet {
  return record(fields, name, (value): value is true | string[] =>
    value === true ||
    Array.isArray(value) && value.every((entry) => typeof entry === "string"));
}

function envField(fields: ReadonlyMap<string, unknown>): Record<string, string> {
  return record(fields, "env", (value) => typeof value === "string");
}

function record<T>(
  fields: ReadonlyMap<string, unknown>,
  name: string,
  holds: (value: unknown) => value is T,
): Record<string, T> {
  const value = fields.get(name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw fieldError(name);
  const checked: Record<string, T> = Object.create(null);
  for (const [key, entry] of Object.entries(value)) {
    if (!holds(entry)) throw fieldError(`${name}.${key}`);
    checked[key] = entry;
  }
  return checked;
}

function fieldError(name: string): ProtocolError {
  return new ProtocolError(`its session request has no valid "${name}"`);
}
