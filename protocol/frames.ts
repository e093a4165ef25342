/**
 * Frames: their header, and a decoder for chunks of any size.
 *
 * @module
 */

import {
  CODE_HASH_BYTES,
  FrameType,
  HEADER_BYTES,
  MISSED_BYTES,
  TOTAL_BYTES,
} from "./constants.ts";
import { checkLength } from "./frame_lengths.ts";

/**
 * A decoded frame, or a piece of one. Bytes of items are passed on as they arrive, so that a large
 * frame is never copied twice: `item` begins an item of `total` bytes, `part` continues it. `cost`
 * counts against the channel's window. Bytes are views that the next chunk invalidates.
 */
export type Frame =
  | { type: "item"; channel: number; total: number; bytes: Uint8Array; cost: number }
  | { type: "part"; channel: number; bytes: Uint8Array; cost: number }
  | { type: "window"; channel: number; credit: number }
  | { type: "end"; channel: number }
  | { type: "close"; channel: number; error: Uint8Array }
  | { type: "open"; channel: number }
  | { type: "exec"; channel: number; request: Uint8Array }
  | { type: "code"; hash: Uint8Array; code: Uint8Array }
  | { type: "execKept"; channel: number; hash: Uint8Array }
  | { type: "statusRequest"; request: number }
  | { type: "status"; request: number; status: Uint8Array }
  | { type: "exit"; graceMs: number }
  | { type: "ping" }
  | { type: "pong" }
  | { type: "drop"; channel: number }
  | { type: "blocked"; channel: number; wanted: number }
  | { type: "grant"; channel: number; credit: number }
  | { type: "uncaught"; channel: number; missed: number; error: Uint8Array };

/** Writes a frame header at `at`; it takes {@linkcode HEADER_BYTES}. */
export function writeHeader(
  bytes: Uint8Array,
  at: number,
  type: FrameType,
  channel: number,
  length: number,
): void {
  bytes[at] = type;
  writeUint32(bytes, at + 1, channel);
  writeUint32(bytes, at + 5, length);
}

/** Writes a u32, big-endian. */
export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads a u32, big-endian. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** Encodes a frame into a new buffer. The multiplexer writes its frames in place instead. */
export function encodeFrame(
  type: FrameType,
  channel: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, 0, type, channel, payload.length);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

const NO_BYTES = new Uint8Array();

/** The types of frames that are decoded as a whole, because they are no items. */
type ControlType = Exclude<
  FrameType,
  typeof FrameType.ITEM | typeof FrameType.ITEM_START | typeof FrameType.ITEM_PART
>;

/** The meaning of the next bytes. With `total < 0` they continue an item. */
type Expected =
  | { kind: "header" }
  | { kind: "total"; channel: number; length: number }
  | { kind: "body"; type: ControlType; channel: number; length: number }
  | { kind: "bytes"; channel: number; left: number; total: number; cost: number };

const HEADER: Expected = { kind: "header" };

/**
 * Decodes chunks of any size into frames.
 *
 * A declared length is checked before the payload arrives. Memory is allocated only for bytes that
 * have arrived, or for one header or control message.
 */
export class FrameDecoder {
  #expected: Expected = HEADER;
  #chunk = NO_BYTES;
  #at = 0;
  #collected = new Uint8Array(HEADER_BYTES);
  #collectedBytes = 0;

  /**
   * Calls `sink` with each frame of `chunk`, in order, until `sink` returns false.
   *
   * @throws {ProtocolError} on an unknown type, or a length that its type cannot have.
   */
  push(chunk: Uint8Array<ArrayBuffer>, sink: (frame: Frame) => boolean): void {
    this.#chunk = chunk;
    this.#at = 0;
    while (this.#at < chunk.length) {
      const frame = this.#next();
      if (frame === undefined || !sink(frame)) break;
    }
    this.#chunk = NO_BYTES;
  }

  #next(): Frame | undefined {
    for (;;) {
      const expected = this.#expected;
      switch (expected.kind) {
        case "header": {
          const header = this.#read(HEADER_BYTES);
          if (header === undefined) return undefined;
          this.#expected = afterHeader(header);
          break;
        }
        case "total": {
          const bytes = this.#read(TOTAL_BYTES);
          if (bytes === undefined) return undefined;
          const { channel, length } = expected;
          const total = readUint32(bytes, 0);
          const cost = HEADER_BYTES + TOTAL_BYTES;
          this.#expected = { kind: "bytes", channel, left: length - TOTAL_BYTES, total, cost };
          break;
        }
        case "body": {
          const payload = this.#read(expected.length);
          if (payload === undefined) return undefined;
          this.#expected = HEADER;
          return toFrame(expected.type, expected.channel, payload);
        }
        case "bytes":
          return this.#piece(expected);
      }
    }
  }

  /**
   * Returns the next `count` bytes, or `undefined` if they have not all arrived: a view of the chunk
   * if it holds all of them, or else of a buffer that collects them.
   */
  #read(count: number): Uint8Array | undefined {
    if (this.#collectedBytes === 0 && this.#chunk.length - this.#at >= count) {
      this.#at += count;
      return this.#chunk.subarray(this.#at - count, this.#at);
    }
    if (this.#collected.length < count) this.#collected = new Uint8Array(count);
    const piece = this.#chunk.subarray(this.#at, this.#at + count - this.#collectedBytes);
    this.#collected.set(piece, this.#collectedBytes);
    this.#at += piece.length;
    this.#collectedBytes += piece.length;
    if (this.#collectedBytes < count) return undefined;
    this.#collectedBytes = 0;
    return this.#collected.subarray(0, count);
  }

  #piece(expected: Expected & { kind: "bytes" }): Frame | undefined {
    const bytes = this.#chunk.subarray(this.#at, this.#at + expected.left);
    if (bytes.length === 0) return undefined;
    this.#at += bytes.length;
    const { channel, total } = expected;
    const cost = expected.cost + bytes.length;
    const left = expected.left - bytes.length;
    this.#expected = left === 0 ? HEADER : { kind: "bytes", channel, left, total: -1, cost: 0 };
    if (total < 0) return { type: "part", channel, bytes, cost };
    return { type: "item", channel, total, bytes, cost };
  }
}

function afterHeader(header: Uint8Array): Expected {
  const type = header[0] as FrameType;
  const channel = readUint32(header, 1);
  const length = readUint32(header, 5);
  checkLength(type, channel, length);
  switch (type) {
    case FrameType.ITEM:
      return { kind: "bytes", channel, left: length, total: length, cost: HEADER_BYTES };
    case FrameType.ITEM_PART:
      return { kind: "bytes", channel, left: length, total: -1, cost: HEADER_BYTES };
    case FrameType.ITEM_START:
      return { kind: "total", channel, length };
    default:
      return { kind: "body", type, channel, length };
  }
}

function toFrame(type: ControlType, channel: number, payload: Uint8Array): Frame {
  switch (type) {
    case FrameType.WINDOW:
      return { type: "window", channel, credit: readUint32(payload, 0) };
    case FrameType.END:
      return { type: "end", channel };
    case FrameType.CLOSE:
      return { type: "close", channel, error: payload };
    case FrameType.OPEN:
      return { type: "open", channel };
    case FrameType.EXEC:
      return { type: "exec", channel, request: payload };
    case FrameType.CODE:
      return {
        type: "code",
        hash: payload.subarray(0, CODE_HASH_BYTES),
        code: payload.subarray(CODE_HASH_BYTES),
      };
    case FrameType.EXEC_KEPT:
      return { type: "execKept", channel, hash: payload };
    case FrameType.STATUS_REQUEST:
      return { type: "statusRequest", request: channel };
    case FrameType.STATUS:
      return { type: "status", request: channel, status: payload };
    case FrameType.EXIT:
      return { type: "exit", graceMs: readUint32(payload, 0) };
    case FrameType.PING:
      return { type: "ping" };
    case FrameType.PONG:
      return { type: "pong" };
    case FrameType.DROP:
      return { type: "drop", channel };
    case FrameType.BLOCKED:
      return { type: "blocked", channel, wanted: readUint32(payload, 0) };
    case FrameType.GRANT:
      return { type: "grant", channel, credit: readUint32(payload, 0) };
    case FrameType.UNCAUGHT: {
      const [missed, error] = [readUint32(payload, 0), payload.subarray(MISSED_BYTES)];
      return { type: "uncaught", channel, missed, error };
    }
  }
}
