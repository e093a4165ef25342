/**
 * `--log` and `--resume`: what is done is not run again.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { messageOf } from "../../internal/errors.ts";
import { jsonOf } from "../output/text.ts";
import { UsageError } from "../usage.ts";

const encoder = new TextEncoder();

/** A file with a line of JSON for each item: its hash, its index, and its result or error. */
export class Log implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  readonly #code: string;

  /**
   * Opens the file, and adds to it.
   *
   * @param code The code and its arguments, which are part of the hash.
   * @throws {UsageError} if it cannot be written.
   */
  constructor(path: string, code: string) {
    this.#path = path;
    this.#code = code;
    try {
      this.#file = Deno.openSync(path, { read: true, append: true, create: true });
    } catch (error) {
      throw new UsageError(`cannot open the log ${path}: ${messageOf(error)}`);
    }
  }

  /** Returns the name of an item: the hash of it and the code. */
  hashOf(item: unknown): string {
    return createHash("sha256").update(JSON.stringify([this.#code, item])).digest("base64url");
  }

  /** Returns the results in the log, as JSON, by the hashes of their items. */
  results(): Map<string, string> {
    const text = Deno.readTextFileSync(this.#path);
    const results = new Map<string, string>();
    for (const line of text.split("\n")) {
      try {
        const { hash, result } = JSON.parse(line);
        if (typeof hash === "string" && result !== undefined) results.set(hash, jsonOf(result));
      } catch { /* the run was killed while it wrote this line */ }
    }
    // What is added must not continue such a line.
    if (text !== "" && !text.endsWith("\n")) this.#write("\n");
    return results;
  }

  /** Adds a line. */
  add(line: { hash: string; index: number; result?: unknown; error?: string }): void {
    this.#write(`${jsonOf(line)}\n`);
  }

  #write(text: string): void {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += this.#file.writeSync(bytes.subarray(at));
    } catch (error) {
      throw new Error(`cannot write the log ${this.#path}: ${messageOf(error)}`);
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
