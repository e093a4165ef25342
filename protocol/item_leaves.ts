/**
 * Writes the values that hold no other values, and that MessagePack has no type for.
 *
 * @module
 */

import { bufferIndex, ItemType } from "./item_types.ts";
import type { PackWriter } from "./pack_writer.ts";
import { splitText } from "./text.ts";

const utf8 = new TextEncoder();

/** Writes a text of any code units. */
export function writeText(out: PackWriter, text: string): void {
  if (out.text(text)) return;
  const parts = splitText(text);
  const place = out.open(ItemType.TEXT16);
  out.array(parts.length);
  for (const part of parts) {
    if (typeof part === "string") out.text(part);
    else out.binary(part);
  }
  out.close(place);
}

/** Writes hexadecimal digits: decimal ones would take quadratic time. */
export function writeBigint(out: PackWriter, value: bigint): void {
  writePayload(out, ItemType.BIGINT, utf8.encode(value.toString(16)));
}

export function writeUrl(out: PackWriter, url: URL): void {
  writePayload(out, ItemType.URL, utf8.encode(url.href));
}

export function writeDate(out: PackWriter, date: Date): void {
  out.extension(ItemType.DATE, 8);
  out.float64(date.getTime());
}

export function writeRegExp(out: PackWriter, { source, flags }: RegExp): void {
  const place = out.open(ItemType.REGEXP);
  out.array(2);
  writeText(out, source);
  writeText(out, flags);
  out.close(place);
}

export function writeBuffer(out: PackWriter, value: ArrayBuffer | ArrayBufferView): void {
  if (value instanceof Uint8Array) return out.binary(value);
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  out.extension(ItemType.BUFFER, 1 + bytes.length);
  out.byte(bufferIndex(value));
  out.raw(bytes);
}

function writePayload(out: PackWriter, type: number, bytes: Uint8Array): void {
  out.extension(type, bytes.length);
  out.raw(bytes);
}
