/**
 * Lines for stdout and stderr, gathered to few writes.
 *
 * @module
 */

import { type Target, writeAll } from "./write_all.ts";

/** Above this many characters, whoever adds a line waits. */
const MAX_WAITING = 256 * 1024;

/** Writes lines in order, while the event loop goes on: a reader may be slow, or stop. */
export class Writer {
  readonly #target: Target;
  readonly #onClosed: () => void;
  #waiting = "";
  #writing: Promise<void> | undefined;
  #isClosed = false;

  /** @param onClosed Called once when nobody reads any more. */
  constructor(target: Target, onClosed: () => void) {
    this.#target = target;
    this.#onClosed = onClosed;
  }

  /** Adds a text. Returns a promise if the caller should wait before it adds more. */
  write(text: string): Promise<void> | undefined {
    if (this.#isClosed) return;
    this.#waiting += text;
    this.#writing ??= this.#writeOn();
    if (this.#waiting.length > MAX_WAITING) return this.#writing;
  }

  /** Waits until everything is written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeOn(): Promise<void> {
    await Promise.resolve(); // lines of the same turn go out together
    while (this.#waiting !== "") {
      const text = this.#waiting;
      this.#waiting = "";
      // Whatever the error: there is nobody to tell.
      if (await writeAll(this.#target, text).catch(() => false)) continue;
      this.#isClosed = true;
      this.#waiting = "";
      this.#onClosed();
    }
    this.#writing = undefined;
  }
}
