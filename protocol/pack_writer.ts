/**
 * Writes MessagePack into memory that grows.
 *
 * @module
 */

import { writeUint32 } from "./frames.ts";
import { checkSize } from "./item_size.ts";

const START_BYTES = 2 * 1024;
/** What may be reserved beyond the limit: more than is written, at most. */
const SLACK_BYTES = 16;
/** Texts up to this length are encoded by a loop: calling an encoder takes longer. */
const SHORT_TEXT = 40;
/** The sizes of payloads that an extension has a head of its own for. */
const FIXED_SIZES: readonly number[] = [1, 2, 4, 8, 16];

const utf8 = new TextEncoder();

/** Writes one document after the other into the same memory. */
export class PackWriter {
  #bytes!: Uint8Array<ArrayBuffer>;
  #view!: DataView;
  #at = 0;
  #maxBytes = Infinity;
  /** Where the memory has to grow, or the document is too large. */
  #limit = 0;

  constructor() {
    this.#use(new Uint8Array(START_BYTES));
  }

  /** Begins a document. It overwrites the one before. */
  start(maxBytes: number): void {
    this.#at = 0;
    this.#maxBytes = maxBytes;
    this.#setLimit();
  }

  /** Bytes of the document so far. */
  get length(): number {
    return this.#at;
  }

  /** The document: a view of the memory that the next one is written into. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Leaves the memory to the holder of {@linkcode PackWriter.written}. */
  release(): void {
    this.#use(new Uint8Array(START_BYTES));
  }

  /** Writes a document of one byte, or a byte of a payload. */
  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
  }

  /** Writes bytes of a payload. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  number(value: number): void {
    this.#reserve(5);
    const integer = value | 0;
    if (integer === value && (value !== 0 || 1 / value > 0)) {
      if (integer >= -0x20 && integer < 0x80) this.#bytes[this.#at++] = integer;
      else if (integer < 0) this.#sized(0xd0, integer, -2 * (integer + 1));
      else this.#sized(0xcc, integer);
    } else if (!Number.isSafeInteger(value) || value === 0) {
      this.#bytes[this.#at++] = 0xcb;
      this.float64(value);
    } else if (value > 0 && value < 2 ** 32) {
      this.#head(0xce, 4, value);
    } else {
      this.#head(value < 0 ? 0xd3 : 0xcf, 4, Math.floor(value / 2 ** 32));
      this.uint32(value);
    }
  }

  /** Writes eight bytes of a payload. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#at, value);
    this.#at += 8;
  }

  /** Writes four bytes of a payload. */
  uint32(value: number): void {
    this.#reserve(4);
    writeUint32(this.#bytes, this.#at, value);
    this.#at += 4;
  }

  /** Writes a text, or returns `false` if it is not well-formed. */
  text(text: string): boolean {
    return text.length <= SHORT_TEXT && this.#shortText(text) || this.#longText(text);
  }

  /** Writes a text, or returns `false` if it has surrogates. */
  #shortText(text: string): boolean {
    const { length } = text;
    this.#reserve(2 + 3 * length);
    const bytes = this.#bytes;
    const start = this.#at + textHeadBytes(length);
    let at = start;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        bytes[at++] = unit;
        continue;
      }
      if (unit < 0x800) {
        bytes[at++] = 0xc0 | (unit >> 6);
      } else {
        if ((unit & 0xf800) === 0xd800) return false;
        bytes[at++] = 0xe0 | (unit >> 12);
        bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (unit & 0x3f);
    }
    this.#textHead(start, at - start);
    return true;
  }

  #longText(text: string): boolean {
    if (!text.isWellFormed()) return false;
    const head = textHeadBytes(text.length);
    let size = 0;
    for (let rest = text; rest.length > 0;) {
      this.#reserve(8 + size + rest.length); // for the head, and one character at least
      const room = this.#bytes.subarray(this.#at + head + size);
      const { read, written } = utf8.encodeInto(rest, room);
      size += written;
      rest = rest.slice(read);
    }
    this.#textHead(this.#at + head, size);
    return true;
  }

  /** Writes the head of a text that was written at `start`, and moves the text to its end. */
  #textHead(start: number, size: number): void {
    const end = this.#at + textHeadBytes(size);
    if (end !== start) this.#bytes.copyWithin(end, start, start + size);
    if (size < 32) this.#bytes[this.#at++] = 0xa0 | size;
    else this.#sized(0xd9, size);
    this.#at += size;
  }

  binary(bytes: Uint8Array): void {
    this.#reserve(5);
    this.#sized(0xc4, bytes.length);
    this.raw(bytes);
  }

  /** Writes the head of an array; its elements follow. */
  array(length: number): void {
    this.#container(0x90, 0xdc, length);
  }

  /** Writes the head of a map; keys and values follow. */
  map(size: number): void {
    this.#container(0x80, 0xde, size);
  }

  /** Writes the head of an extension; `size` bytes of payload follow. */
  extension(type: number, size: number): void {
    this.#reserve(6);
    const fixed = FIXED_SIZES.indexOf(size);
    if (fixed < 0) this.#sized(0xc7, size);
    else this.#bytes[this.#at++] = 0xd4 + fixed;
    this.#bytes[this.#at++] = type;
  }

  /** Writes the head of an extension of any size, and returns its place for {@linkcode close}. */
  open(type: number): number {
    this.#reserve(6);
    this.#bytes[this.#at] = 0xc9;
    this.#bytes[this.#at + 5] = type;
    return this.#at += 6;
  }

  /** Ends the extension that began at `place`. */
  close(place: number): void {
    writeUint32(this.#bytes, place - 5, this.#at - place);
  }

  #container(few: number, many: number, count: number): void {
    this.#reserve(5);
    if (count < 16) this.#bytes[this.#at++] = few | count;
    else if (count < 0x10000) this.#head(many, 2, count);
    else this.#head(many + 1, 4, count);
  }

  /** Writes a head that has forms with 1, 2 and 4 bytes. */
  #sized(code: number, value: number, magnitude = value): void {
    const form = magnitude < 0x100 ? 0 : magnitude < 0x10000 ? 1 : 2;
    this.#head(code + form, 1 << form, value);
  }

  #head(code: number, width: number, value: number): void {
    const bytes = this.#bytes;
    bytes[this.#at++] = code;
    if (width === 4) writeUint32(bytes, this.#at, value);
    else {
      bytes[this.#at] = value >>> (8 * (width - 1));
      bytes[this.#at + width - 1] = value;
    }
    this.#at += width;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed > this.#limit) this.#grow(needed);
  }

  #grow(needed: number): void {
    const most = this.#maxBytes + SLACK_BYTES;
    if (needed > most) checkSize(needed, this.#maxBytes);
    const bytes = new Uint8Array(Math.max(needed, Math.min(2 * this.#bytes.length, most)));
    bytes.set(this.#bytes);
    this.#use(bytes);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#setLimit();
  }

  #setLimit(): void {
    // More may be reserved than is written: the exact size is checked at the end.
    this.#limit = Math.min(this.#bytes.length, this.#maxBytes + SLACK_BYTES);
  }
}

/** Returns how long the head of a text of `size` bytes is. */
function textHeadBytes(size: number): number {
  return size < 32 ? 1 : size < 0x100 ? 2 : size < 0x10000 ? 3 : 5;
}
