/**
 * Control messages as they travel: small MessagePack maps of the base format. Their fields are
 * checked one by one when they arrive.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { PackReader } from "./pack_reader.ts";
import { PackWriter } from "./pack_writer.ts";

/** A map of lists or maps is the deepest. */
const MAX_DEPTH = 3;

/** What a field can be. */
export type FieldValue = string | number | boolean | readonly FieldValue[] | Fields;

/** A control message. */
export interface Fields {
  readonly [name: string]: FieldValue;
}

/** A message that would take more memory has what none needs. */
const MAX_COST = 1024 * 1024;

class FieldReader extends PackReader {
  protected override extension(): never {
    throw new ProtocolError("the peer sent an extension in a control message");
  }
}

/** Made when it is needed: a server's program only reads. */
let writer: PackWriter | undefined;
const reader = new FieldReader(MAX_DEPTH, MAX_COST);

/** Encodes a control message. */
export function encodeFields(fields: Fields): Uint8Array {
  writer ??= new PackWriter();
  writer.start(Infinity);
  write(writer, fields);
  return writer.written.slice();
}

function write(out: PackWriter, value: FieldValue): void {
  if (typeof value === "number") out.number(value);
  else if (typeof value === "boolean") out.byte(value ? 0xc3 : 0xc2);
  else if (typeof value === "string") out.text(value.toWellFormed());
  else if (Array.isArray(value)) {
    out.array(value.length);
    for (const element of value) write(out, element);
  } else {
    const entries = Object.entries(value);
    out.map(entries.length);
    for (const part of entries.flat()) write(out, part);
  }
}

/**
 * Decodes the fields of a control message.
 *
 * @param what The name of the message in error messages.
 * @throws {ProtocolError} if the bytes are not a MessagePack map.
 */
export function decodeFields(bytes: Uint8Array, what: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = reader.document(bytes, 0, bytes.length);
  } catch (cause) {
    throw new ProtocolError(`the peer's ${what} is not valid MessagePack`, { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError(`the peer's ${what} is not a map`);
  }
  return new Map(Object.entries(value));
}

/**
 * Returns a field that is a string.
 *
 * @throws {ProtocolError} if it is missing, or of another type.
 */
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

/**
 * Returns a field that is a non-negative safe integer.
 *
 * @throws {ProtocolError} if it is missing, or anything else.
 */
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
