/**
 * Where a command prints: stdout and stderr, line by line.
 *
 * @module
 */

import { Writer } from "./writer.ts";

/** Stdout and stderr of a command. */
export class Streams {
  readonly out: Writer;
  readonly err: Writer;

  /** @param onClosed Called when nobody reads stdout any more. */
  constructor(onClosed: () => void) {
    this.out = new Writer(Deno.stdout, onClosed);
    this.err = new Writer(Deno.stderr, () => {});
  }

  /** Waits until all is written, or the signal is aborted. */
  async flush(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
    await Promise.race([Promise.all([this.out.flush(), this.err.flush()]), promise]);
  }
}

/** Returns a text with a tag before each line, and a line end. */
export function tagged(tag: string, text: string): string {
  return `${tag}${tag === "" ? text : text.replaceAll("\n", `\n${tag}`)}\n`;
}

/** Colors of tags, one for each target in turn. */
const COLORS = [36, 33, 35, 32, 34, 31];

/** Makes the tags of targets: `[id] `. */
export class Tags {
  readonly #indices: ReadonlyMap<string, number>;
  readonly #isColored: boolean;

  constructor(ids: readonly string[], isColored: boolean) {
    this.#indices = new Map(ids.map((id, index) => [id, index]));
    this.#isColored = isColored;
  }

  /** Returns the tag of a target. */
  of(id: string): string {
    if (!this.#isColored) return `[${id}] `;
    const color = COLORS[(this.#indices.get(id) ?? 0) % COLORS.length];
    return `\x1b[${color}m[${id}]\x1b[0m `;
  }
}
