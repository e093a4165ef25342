/**
 * Text as UTF-8, exactly: what is not UTF-8 is refused, and nothing is dropped or replaced.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

const REPLACEMENT = "\ufffd";
/** Texts of as many bytes are decoded by a loop: calling a decoder takes longer. */
const SHORT_TEXT = 32;
/** How many texts are known. */
const KNOWN_TEXTS = 256;
/** A piece that is not well-formed is halved until it has at most as many code units. */
const UTF16_UNITS = 256;
/** Bytes that are decoded by one call, which takes no more than 512 MiB. */
const CALL_BYTES = 256 * 1024 * 1024;
/** Code units that are decoded by one call. */
const CALL_UNITS = 4096;

// One that is not fatal is three times as fast, and gives strings of one byte a character.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const fatalDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/**
 * Decodes UTF-8. A byte order mark is part of the text.
 *
 * @throws {ProtocolError} if the bytes are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  if (bytes.length > CALL_BYTES) {
    let middle = bytes.length >>> 1;
    while ((bytes[middle] & 0xc0) === 0x80) middle--;
    return decodeUtf8(bytes.subarray(0, middle)) + decodeUtf8(bytes.subarray(middle));
  }
  const text = decoder.decode(bytes);
  // The character stands for what is wrong, unless the bytes themselves spell it.
  if (text.includes(REPLACEMENT)) checkUtf8(bytes);
  return text;
}

function checkUtf8(bytes: Uint8Array): void {
  try {
    fatalDecoder.decode(bytes);
  } catch (cause) {
    throw new ProtocolError("the peer sent a text that is not UTF-8", { cause });
  }
}

/** Decodes the UTF-8 between two places; see {@linkcode decodeUtf8}. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const text = end - start <= SHORT_TEXT ? shortText(bytes, start, end) : undefined;
  return text ?? decodeUtf8(bytes.subarray(start, end));
}

/** Decodes UTF-8, or returns `undefined` if it is none, or goes beyond U+FFFF. */
function shortText(bytes: Uint8Array, at: number, end: number): string | undefined {
  let text = "";
  while (at < end) {
    const lead = bytes[at++];
    let unit = lead;
    if (lead >= 0x80) {
      const hasTwo = lead < 0xe0;
      const second = bytes[at++] ^ 0x80;
      const third = hasTwo ? 0 : bytes[at++] ^ 0x80;
      unit = hasTwo
        ? ((lead & 0x1f) << 6) | second
        : ((lead << 12) | (second << 6) | third) & 0xffff;
      const isSound = hasTwo
        ? lead >= 0xc2
        : lead < 0xf0 && unit >= 0x800 && (unit & 0xf800) !== 0xd800;
      if (!isSound || (second | third) >= 0x40) return undefined;
    }
    text += String.fromCharCode(unit);
  }
  return at === end ? text : undefined;
}

/** Decodes texts that are likely to come again, such as keys. */
export class KnownTexts {
  readonly #texts: string[] = [];
  /** How many texts were not known. */
  misses = 0;

  /** Decodes the UTF-8 between two places; there is some. */
  text(bytes: Uint8Array, start: number, end: number): string {
    const slot = (end - start + 5 * bytes[start] + 17 * bytes[end - 1]) % KNOWN_TEXTS;
    const known = this.#texts[slot];
    const isHere = known?.length === end - start && isAsciiAt(known, bytes, start);
    if (isHere) return known;
    this.misses++;
    return this.#texts[slot] = decodeText(bytes, start, end);
  }
}

function isAsciiAt(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** Well-formed texts, and bytes of UTF-16 code units, little-endian. Joined, they are one text. */
export type TextPart = string | Uint8Array;

/** Splits a text of any code units into parts. */
export function splitText(text: string): TextPart[] {
  const runs: Run[] = [];
  findRuns(text, 0, text.length, runs);
  let start = 0;
  return runs.map(({ end, isPlain }) => {
    const part = isPlain ? text.slice(start, end) : encodeUtf16(text, start, end);
    start = end;
    return part;
  });
}

/** Code units up to `end`, which are well-formed, or in which something is not. */
interface Run {
  readonly isPlain: boolean;
  end: number;
}

/** Halves leave the search to `isWellFormed()`, which is many times as fast as a loop. */
function findRuns(text: string, start: number, end: number, runs: Run[]): void {
  const isPlain = text.slice(start, end).isWellFormed();
  if (!isPlain && end - start > UTF16_UNITS) {
    const middle = (start + end) >>> 1;
    findRuns(text, start, middle, runs);
    findRuns(text, middle, end, runs);
    return;
  }
  const last = runs.at(-1);
  if (last?.isPlain === isPlain) last.end = end;
  else runs.push({ isPlain, end });
}

/** Joins parts of a text, or returns `undefined` if one of them is none. */
export function joinText(parts: readonly unknown[]): string | undefined {
  let joined = "";
  for (const part of parts) {
    const text = part instanceof Uint8Array ? decodeUtf16(part) : part;
    if (typeof text !== "string") return undefined;
    joined += text; // join() would copy a large text once more
  }
  return joined;
}

function encodeUtf16(text: string, start: number, end: number): Uint8Array {
  const units = new Uint16Array(end - start);
  for (let at = start; at < end; at++) units[at - start] = text.charCodeAt(at);
  return new Uint8Array(units.buffer);
}

function decodeUtf16(bytes: Uint8Array): string | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const units = new Uint16Array(new Uint8Array(bytes).buffer);
  let text = "";
  for (let at = 0; at < units.length; at += CALL_UNITS) {
    // Spread, they would take eight times as long.
    const some: ArrayLike<number> = units.subarray(at, at + CALL_UNITS);
    text += String.fromCharCode.apply(null, some as number[]);
  }
  return text;
}
