/**
 * Reads MessagePack. The bytes may be broken or hostile: nothing is allocated for what they merely
 * declare, and nesting is bounded.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { Cost, CostMeter } from "./decoded_cost.ts";
import { readUint32 } from "./frames.ts";
import { setProperty } from "./item_types.ts";
import { malformed, misplaced } from "./pack_errors.ts";
import { decodeText, KnownTexts } from "./text.ts";

/** Elements that an array is made with; it grows as more are read. */
const MOST_ALLOCATED = 1024;

/** Texts that begin with a digit come before this one, and hardly any other keys. */
const LAST_DIGIT = ":";

const NO_BYTES = new Uint8Array();
const float64 = new Float64Array(1);
const float32 = new Float32Array(float64.buffer, 0, 1);
const words = new Uint32Array(float64.buffer);

/** Reads one document after the other. What an extension is, a subclass knows. */
export abstract class PackReader {
  readonly #maxDepth: number;
  readonly #keys = new KnownTexts();
  #bytes: Uint8Array = NO_BYTES;
  #at = 0;
  /** Where the document or the extension in hand ends. */
  #end = 0;
  #depth = 0;
  /** Counts the memory that the document in hand takes; the bytes of buffers do not count. */
  protected readonly meter: CostMeter;

  /** @param maxCost What a document may become in memory, in bytes. */
  constructor(maxDepth: number, maxCost: number) {
    this.#maxDepth = maxDepth;
    this.meter = new CostMeter(maxCost);
  }

  /** Reads the value of an extension, whose payload is all that is left meanwhile. */
  protected abstract extension(type: number): unknown;

  /**
   * Reads the document between two places.
   *
   * @throws {ProtocolError} if it is none, or takes too much memory.
   */
  document(bytes: Uint8Array, start: number, end: number): unknown {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#depth = 0;
    this.meter.cost = 0;
    const value = this.value();
    const left = this.#end - this.#at;
    if (left > 0) throw new ProtocolError(`the peer sent an item with ${left} bytes too many`);
    return value;
  }

  /** Reads the next value. */
  protected value(): unknown {
    this.#room(1);
    const head = this.#bytes[this.#at++];
    if (head < 0x80) return head;
    if (head < 0x90) return this.#object(head & 0x0f);
    if (head < 0xa0) return this.#array(head & 0x0f);
    if (head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        this.meter.charge(Cost.BUFFER);
        return new Uint8Array(this.bytes(this.#uint(1 << (head - 0xc4))));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (head - 0xc7)));
      case 0xca:
      case 0xcb:
        return this.float(4 << (head - 0xca));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (head - 0xcc));
      case 0xcf:
        return this.#int64(this.#uint(4));
      case 0xd0:
        return (this.#uint(1) << 24) >> 24;
      case 0xd1:
        return (this.#uint(2) << 16) >> 16;
      case 0xd2:
        return this.#uint(4) | 0;
      case 0xd3:
        return this.#int64(this.#uint(4) | 0);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (head - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#object(this.#uint(2 << (head - 0xde)));
    }
    throw new ProtocolError("the peer sent an item that is not MessagePack");
  }

  /** Reads a text. */
  protected text(): string {
    const value = this.value();
    if (typeof value !== "string") throw misplaced("a text");
    return value;
  }

  /** Reads the head of an array, whose elements follow, and adds no level of nesting. */
  protected arrayHead(): number {
    return this.#room(this.#containerHead(0x90, 0xdc, "a list"));
  }

  /** Reads a map, and adds no level of nesting. */
  protected map(): Record<string, unknown> {
    return this.#entries(this.#containerHead(0x80, 0xde, "a map"));
  }

  #containerHead(few: number, many: number, what: string): number {
    const head = this.#uint(1);
    if ((head & 0xf0) === few) return head & 0x0f;
    if (head === many || head === many + 1) return this.#uint(2 << (head - many));
    throw misplaced(what);
  }

  /** Reads a float of 4 or 8 bytes. */
  protected float(width: number): number {
    this.meter.cost += Cost.NUMBER;
    if (width === 8) words[1] = this.#uint(4);
    words[0] = this.#uint(4);
    return width === 8 ? float64[0] : float32[0];
  }

  /** Returns the next bytes, or all that are left: a view of the document. */
  protected bytes(count = this.#end - this.#at): Uint8Array {
    this.#room(count);
    return this.#bytes.subarray(this.#at, this.#at += count);
  }

  /** Begins a level of nesting, which {@linkcode leave} ends. */
  protected enter(): void {
    if (this.#depth++ >= this.#maxDepth) {
      throw new ProtocolError(`the peer sent an item nested deeper than ${this.#maxDepth} levels`);
    }
  }

  /** See {@linkcode enter}. */
  protected leave(): void {
    this.#depth--;
  }

  #array(length: number): unknown[] {
    this.meter.charge(Cost.ARRAY + Cost.ELEMENT * this.#room(length));
    this.enter();
    const array: unknown[] = new Array(Math.min(length, MOST_ALLOCATED));
    for (let i = 0; i < length; i++) array[i] = this.value();
    this.leave();
    return array;
  }

  #object(size: number): Record<string, unknown> {
    this.enter();
    const object = this.#entries(size);
    this.leave();
    return object;
  }

  #entries(size: number): Record<string, unknown> {
    this.#room(2 * size);
    this.meter.charge(Cost.OBJECT + Cost.PROPERTY * size);
    const object: Record<string, unknown> = {};
    let indices = 0;
    for (let i = 0; i < size; i++) {
      const key = this.#key();
      if (key <= LAST_DIGIT) indices = this.meter.chargeIndex(key, indices);
      setProperty(object, key, this.value());
    }
    return object;
  }

  #key(): string {
    const length = this.#bytes[this.#at] - 0xa0;
    const start = this.#at + 1;
    if (!(length > 0 && length < 32) || start + length > this.#end) return this.text();
    this.#at = start + length;
    const { misses } = this.#keys;
    const key = this.#keys.text(this.#bytes, start, this.#at);
    if (this.#keys.misses !== misses) this.meter.charge(Cost.NEW_KEY);
    return key;
  }

  #text(size: number): string {
    const start = this.#at;
    this.#at += this.#room(size);
    this.meter.charge(Cost.TEXT + size);
    const text = decodeText(this.#bytes, start, this.#at);
    if (text.length < size) this.meter.charge(2 * text.length); // it has two bytes for each code unit
    return text;
  }

  #extension(size: number): unknown {
    const type = this.#uint(1);
    const outer = this.#end;
    this.#end = this.#at + this.#room(size);
    const value = this.extension(type);
    if (this.#at !== this.#end) throw malformed(type);
    this.#end = outer;
    return value;
  }

  #int64(high: number): number {
    this.meter.cost += Cost.NUMBER;
    const value = high * 2 ** 32 + this.#uint(4);
    if (Number.isSafeInteger(value)) return value;
    throw new ProtocolError("the peer sent an integer beyond 2^53, which has to be a bigint");
  }

  #uint(width: number): number {
    this.#room(width);
    const bytes = this.#bytes;
    const at = this.#at;
    this.#at += width;
    if (width === 1) return bytes[at];
    if (width === 2) return (bytes[at] << 8) | bytes[at + 1];
    return readUint32(bytes, at);
  }

  /** Returns `count` if as many bytes are left. */
  #room(count: number): number {
    if (this.#at + count > this.#end) throw new ProtocolError("the peer sent a truncated item");
    return count;
  }
}
