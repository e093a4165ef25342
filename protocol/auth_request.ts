/**
 * What a client asks of a session, as it travels: a MessagePack map, checked field by field.
 *
 * @module
 */

import { encode } from "@std/msgpack";
import { ProtocolError } from "../errors.ts";
import { AuthType, encodeMessage, MAX_REQUEST_BYTES, PROOF_BYTES } from "./auth_messages.ts";
import type { TokenKey, Transcript } from "./auth.ts";
import { decodeFields, stringField } from "./control.ts";

/** Permissions by kind: all of it, or what is listed. */
export type RequestedSet = Readonly<Record<string, true | readonly string[]>>;

/** What a client asks of a session. The server gives no more than its ceiling. */
export interface SessionRequest {
  /** What the client calls the gateway; for the log. */
  name: string;
  all: boolean;
  allow: RequestedSet;
  deny: RequestedSet;
  env: Readonly<Record<string, string>>;
  /** Working directory; empty for the server's. */
  chdir: string;
  /** Added to its niceness. */
  nice: number;
  /** The `deno` to start, which is not the client's to say: the server refuses it. */
  deno: string;
}

/**
 * The REQUEST message, proven.
 *
 * @throws {RangeError} when it is larger than a request may be.
 */
export async function encodeRequest(
  key: TokenKey,
  transcript: Transcript,
  request: SessionRequest,
): Promise<Uint8Array> {
  const content = encode({ ...request });
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

/** @throws {ProtocolError} when it is not what the client sent, or no request. */
export async function decodeRequest(
  key: TokenKey,
  transcript: Transcript,
  payload: Uint8Array,
): Promise<SessionRequest> {
  const content = payload.slice(PROOF_BYTES);
  if (!await key.verify(payload.subarray(0, PROOF_BYTES), "request", transcript, content)) {
    throw new ProtocolError("its session request is not what it was when it was sent");
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
  };
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
