/**
 * Control messages: small MessagePack maps, checked field by field when they arrive.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { decodeFields, encodeFields, numberField, stringField } from "./fields.ts";

/** How to run the code of an execution. */
export type ExecKind =
  /** The first item is source text: the body of `async (channel, args)`. */
  | "source"
  /** The first item is the text of a function, called with `(channel, args)`. */
  | "function"
  /** As `source`; where it returns a function, that is called as of kind `function`. */
  | "module"
  /** As `function`, but called with the items of the array `args`; its result is sent back. */
  | "call"
  /** As `function`, but called with each received item and `args`; see {@linkcode MapAnswer}. */
  | "map"
  /** No code: `args` are the {@linkcode RelayArgs} of a process to start. */
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
 * The message of an EXEC frame. The code and `args` follow as the first two items of the channel. The
 * code is a string, or a channel whose first item is that string.
 */
export interface ExecRequest {
  /** How to run the code. */
  kind: ExecKind;
  /** The name in stacks, traces and messages. */
  name: string;
  /** `line:column` of a syntax error that the initiator has found; otherwise empty. */
  position: string;
  /** Whether the process belongs to this execution, and ends with it. */
  isolated: boolean;
}

/**
 * The description of the symbol under which the remote keeps an `AsyncLocalStorage` on `globalThis`,
 * as soon as an execution has imported a module: it gives a module the channel of its execution.
 */
export const SENT = "@x/execnet: sent";

/** Returns the name of code in stacks, without characters that would break a stack frame apart. */
export function stackName(name: string): string {
  return name.replaceAll(/[^\w.$@/:-]/g, "_");
}

/** The message of a STATUS frame. */
export interface StatusReport {
  /** How many channels are open on the remote side, those of executions included. */
  channels: number;
  /** Names of the first 200 running executions. */
  executing: string[];
  /** Where executions run; a remote always answers `"main"`. */
  execModel: string;
}

// Every message has to fit into a frame.
const MAX_NAME_CHARACTERS = 100;
const MAX_NAMES = 200;

/** Encodes an {@linkcode ExecRequest}. */
export function encodeExecRequest(request: ExecRequest): Uint8Array {
  return encodeFields(fieldsOf(request));
}

function fieldsOf({ kind, name, position, isolated }: ExecRequest): Record<string, string | true> {
  const fields = { kind, name: name.slice(0, MAX_NAME_CHARACTERS), position };
  return isolated ? { ...fields, isolated } : fields;
}

/** The message of a CODE frame: a request together with its code. */
export interface KeptCode extends ExecRequest {
  /** The code. */
  text: string;
}

/** Encodes a {@linkcode KeptCode}. */
export function encodeKeptCode({ text, ...request }: KeptCode): Uint8Array {
  return encodeFields({ ...fieldsOf(request), text });
}

/**
 * Decodes a {@linkcode KeptCode}.
 *
 * @throws {ProtocolError} if the bytes are malformed.
 */
export function decodeKeptCode(bytes: Uint8Array): KeptCode {
  const fields = decodeFields(bytes, "code");
  return { ...execRequest(fields), text: stringField(fields, "text", "code") };
}

/**
 * Decodes an {@linkcode ExecRequest}.
 *
 * @throws {ProtocolError} if the bytes are malformed.
 */
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
  return encodeFields({ ...status, executing: status.executing.slice(0, MAX_NAMES) });
}

/**
 * Decodes a {@linkcode StatusReport}.
 *
 * @throws {ProtocolError} if the bytes are malformed.
 */
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
