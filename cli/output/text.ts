/**
 * What comes from the far side, as text.
 *
 * @module
 */

import { escapeControls } from "../../internal/escape.ts";

/** Turns values and lines of the far side into text. */
export class Shown {
  readonly #isRaw: boolean;

  /** @param isRaw Leaves control characters of strings as they are. */
  constructor(isRaw: boolean) {
    this.#isRaw = isRaw;
  }

  /** Returns a text without control characters but tabs and line feeds. */
  text(text: string): string {
    if (this.#isRaw) return text;
    return text.split(/([\t\n])/).map((part, at) => at % 2 === 1 ? part : escapeControls(part))
      .join("");
  }

  /** Returns an item: a string as it is, all else as JSON. */
  item(item: unknown): string {
    return typeof item === "string" ? this.text(item) : jsonOf(item);
  }
}

/** Returns a value on one line of JSON, without control characters. */
export function jsonOf(value: unknown): string {
  return escapeControls(JSON.stringify(value, asJson) ?? "null");
}

interface RawJson {
  rawJSON(text: string): unknown;
}

/** What JSON has no word for, in words that it has. */
function asJson(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === "bigint") return (JSON as unknown as RawJson).rawJSON(String(value));
  if (value instanceof Error) return { name: value.name, message: value.message };
  if (value instanceof RegExp) return String(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Map) {
    const entries = [...value];
    const isObject = entries.every(([key]) => typeof key === "string");
    return isObject ? Object.fromEntries(entries) : entries;
  }
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) {
    return value instanceof DataView
      ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
      : Array.from(value as unknown as ArrayLike<unknown>);
  }
  return value;
}
