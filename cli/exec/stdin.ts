/**
 * The lines of stdin, for every target.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { UsageError } from "../usage.ts";

/** How far the quickest target may be ahead of the slowest, in characters. */
const MAX_AHEAD = 16 * 1024 * 1024;

/**
 * Lines that each of several readers gets from the first one on. Those that a reader has still to get
 * are kept; the quickest waits if they become many, unless a reader has yet to begin.
 */
export class SharedLines {
  readonly #lines: AsyncIterator<string>;
  readonly #kept: string[] = [];
  /** The number of lines that all readers have got. */
  #dropped = 0;
  #size = 0;
  #isAtEnd = false;
  #reading: Promise<void> | undefined;
  #yetToBegin: number;
  /** How many lines each reader has got. */
  readonly #got = new Map<symbol, number>();
  #room = Promise.withResolvers<void>();

  constructor(lines: AsyncIterable<string>, readers: number) {
    this.#lines = lines[Symbol.asyncIterator]();
    this.#yetToBegin = readers;
  }

  /** Reads all lines. Leaving the loop gives up the others. */
  async *read(): AsyncGenerator<string> {
    const reader = Symbol();
    this.#yetToBegin--;
    this.#got.set(reader, 0);
    try {
      for (let at = 0;; at++) {
        this.#got.set(reader, at);
        this.#forget();
        while (at >= this.#dropped + this.#kept.length) {
          if (this.#isAtEnd) return;
          await (this.#reading ??= this.#readOn());
        }
        yield this.#kept[at - this.#dropped];
      }
    } finally {
      this.#got.delete(reader);
      this.#forget();
    }
  }

  /** Says that one reader never begins. */
  leave(): void {
    this.#yetToBegin--;
    this.#forget();
  }

  async #readOn(): Promise<void> {
    try {
      while (this.#size > MAX_AHEAD && this.#yetToBegin === 0 && this.#got.size > 1) {
        await this.#room.promise;
      }
      const { done, value } = await this.#lines.next();
      if (done) this.#isAtEnd = true;
      else {
        this.#kept.push(value);
        this.#size += value.length;
      }
    } finally {
      this.#reading = undefined;
    }
  }

  #forget(): void {
    if (this.#yetToBegin > 0) return;
    const least = Math.min(...this.#got.values(), this.#dropped + this.#kept.length);
    if (least === this.#dropped) return;
    for (const line of this.#kept.splice(0, least - this.#dropped)) this.#size -= line.length;
    this.#dropped = least;
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}

/** Returns the lines of stdin. */
export function linesOfStdin(): AsyncIterable<string> {
  return Deno.stdin.readable
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new TextLineStream());
}

/**
 * Returns the value of a line of JSON; undefined for an empty line.
 *
 * @param number Its number, from 1.
 * @throws {UsageError} if it is no JSON.
 */
export function valueOfLine(line: string, number: number): { value: unknown } | undefined {
  if (line.trim() === "") return undefined;
  try {
    return { value: JSON.parse(line) };
  } catch (error) {
    throw new UsageError(`line ${number} of stdin is not JSON: ${(error as Error).message}`);
  }
}
