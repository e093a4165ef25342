/**
 * Control messages: small plain maps in MessagePack, checked field by field when they arrive.
 *
 * @module
 */

import { decode, encode } from "@std/msgpack";
import { ProtocolError } from "../errors.ts";

/** How an execution's code is to be run. */
export type ExecKind =
  /** The first item is source text: the body of `async (channel, args)`. */
  | "source"
  /** The first item is the text of a function, called with `(channel, args)`. */
  | "function"
  /** As `source`; where it returns a function, that is called as of kind `function`. */
  | "module"
  /** As `function`, but called with the items of the array `args`; its result is sent back. */
  | "call"
  /** As `function`, but called with each item that comes and `args`; see {@linkcode MapAnswer}. */
  | "map"
  /** No code: `args` are {@linkcode RelayArgs}, of a process to be carried. */
  | "relay";

const EXEC_KINDS: readonly string[] = [
  "source",
  "function",
  "module",
  "call",
  "map",
  "relay",
] satisfies ExecKind[];

/**
 * The message of an EXEC frame. Code and arguments follow as the channel's first two items; the
 * code is a string, or a channel whose first item it is.
 */
export interface ExecRequest {
  /** How to run it. */
  kind: ExecKind;
  /** What stacks, traces and messages call it. */
  name: string;
  /** `line:column` of an error of syntax that the initiator has seen; else empty. */
  position: string;
  /** Whether the process belongs to this execution, and ends with it. */
  isolated: boolean;
}

/**
 * Where the far side keeps what tells an imported module of its execution, once there has been one:
 * an `AsyncLocalStorage` on `globalThis`, by the symbol of this name.
 */
export const SENT = "@x/execnet: sent";

/** What stacks call a piece of code: its name, without what would break a frame apart. */
export function stackName(name: string): string {
  return name.replaceAll(/[^\w.$@/:-]/g, "_");
}

/** The message of a STATUS frame. */
export interface StatusReport {
  /** Channels open on the remote side, those of executions among them. */
  channels: number;
  /** Names of the executions under way; the first 200. */
  executing: string[];
  /** Where executions run. */
  execModel: string;
}

// So that every message fits into a frame.
const MAX_NAME_CHARACTERS = 100;
const MAX_NAMES = 200;

/** Encodes an {@linkcode ExecRequest}. */
export function encodeExecRequest(request: ExecRequest): Uint8Array {
  return encode(fieldsOf(request));
}

function fieldsOf({ kind, name, position, isolated }: ExecRequest): Record<string, string | true> {
  const fields = { kind, name: name.slice(0, MAX_NAME_CHARACTERS), position };
  return isolated ? { ...fields, isolated } : fields;
}

/** The message of a CODE frame: a request, and what it is to run. */
export interface KeptCode extends ExecRequest {
  /** What is run. */
  text: string;
}

/** Encodes a {@linkcode KeptCode}. */
export function encodeKeptCode({ text, ...request }: KeptCode): Uint8Array {
  return encode({ ...fieldsOf(request), text });
}

/** @throws {ProtocolError} when the bytes are no {@linkcode KeptCode}. */
export function decodeKeptCode(bytes: Uint8Array): KeptCode {
  const fields = decodeFields(bytes, "code");
  return { ...execRequest(fields), text: stringField(fields, "text", "code") };
}

/** @throws {ProtocolError} when the bytes are no {@linkcode ExecRequest}. */
export function decodeExecRequest(bytes: Uint8Array): ExecRequest {
  return execRequest(decodeFields(bytes, "exec request"));
}

function execRequest(fields: ReadonlyMap<string, unknown>): ExecRequest {
  const kind = stringField(fields, "kind", "exec request");
  if (!isExecKind(kind)) {
    throw new ProtocolError(`the peer's exec request is of an unknown kind "${kind}"`);
  }
  return {
    kind,
    name: stringField(fields, "name", "exec request"),
    position: stringField(fields, "position", "exec request"),
    isolated: fields.get("isolated") === true,
  };
}

function isExecKind(kind: string): kind is ExecKind {
  return EXEC_KINDS.includes(kind);
}

/** Encodes a {@linkcode StatusReport}. */
export function encodeStatusReport(status: StatusReport): Uint8Array {
  return encode({ ...status, executing: status.executing.slice(0, MAX_NAMES) });
}

/** @throws {ProtocolError} when the bytes are no {@linkcode StatusReport}. */
export function decodeStatusReport(bytes: Uint8Array): StatusReport {
  const fields = decodeFields(bytes, "status");
  const executing = fields.get("executing");
  if (!Array.isArray(executing) || !executing.every((name) => typeof name === "string")) {
    throw new ProtocolError(`the peer's status has no list of names "executing"`);
  }
  return {
    channels: numberField(fields, "channels", "status"),
    executing,
    execModel: stringField(fields, "execModel", "status"),
  };
}

/**
 * The fields of a control message.
 *
 * @throws {ProtocolError} when the bytes are no MessagePack map.
 */
export function decodeFields(bytes: Uint8Array, what: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = decode(bytes);
  } catch (cause) {
    throw new ProtocolError(`the peer's ${what} is not valid MessagePack`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`the peer's ${what} is not a map`);
  }
  return new Map(Object.entries(value));
}

/** @throws {ProtocolError} when the field is no string. */
export function stringField(
  fields: ReadonlyMap<string, unknown>,
  key: string,
  what: string,
): string {
  const value = fields.get(key);
  if (typeof value !== "string") {
    throw new ProtocolError(`the peer's ${what} has no text "${key}"`);
  }
  return value;
}

/** @throws {ProtocolError} when the field is no non-negative safe integer. */
export function numberField(
  fields: ReadonlyMap<string, unknown>,
  key: string,
  what: string,
): number {
  const value = fields.get(key);
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new ProtocolError(`the peer's ${what} has no whole number "${key}"`);
  }
  return value;
}
