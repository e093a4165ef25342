/**
 * Reads text streams line by line, in bounded memory.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { escapeControls, escapeOutput } from "./escape.ts";

/** A longer line is broken into several: output without line ends must not accumulate in memory. */
const MAX_LINE_CHARACTERS = 64 * 1024;
const TAIL_LINES = 20;
const TAIL_LINE_CHARACTERS = 500;

/** The last lines of a stream, for error messages. */
export class LineTail {
  readonly #lines: string[] = [];

  /** Adds a line. */
  add(line: string): void {
    this.#lines.push(line.slice(0, TAIL_LINE_CHARACTERS));
    if (this.#lines.length > TAIL_LINES) this.#lines.shift();
  }

  /** The last 20 lines, oldest first. */
  get lines(): string[] {
    return [...this.#lines];
  }
}

/** Calls `onLine` with each line of `bytes` until they end. The last line needs no line end. */
export async function eachLine(
  bytes: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const lines = bytes
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(breakLongLines())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) onLine(line);
}

/** Prints a line of a gateway's output on stderr, so that it can do no more to a terminal than set colours. */
export function printLine(gateway: string, line: string): void {
  try {
    const bytes = new TextEncoder().encode(`[${escapeControls(gateway)}] ${escapeOutput(line)}\n`);
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  } catch {
    // stderr is closed, so nobody reads it.
  }
}

function breakLongLines(): TransformStream<string, string> {
  let column = 0;
  return new TransformStream({
    transform(text, controller) {
      const lineEnd = text.lastIndexOf("\n");
      column = lineEnd < 0 ? column + text.length : text.length - lineEnd - 1;
      controller.enqueue(text);
      if (column < MAX_LINE_CHARACTERS) return;
      controller.enqueue("\n");
      column = 0;
    },
  });
}
