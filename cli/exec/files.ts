/**
 * `--out`: a file for each target.
 *
 * @module
 */

import { messageOf } from "../../internal/errors.ts";
import { fileName } from "../output/file_name.ts";
import { tagged } from "../output/streams.ts";
import type { Shown } from "../output/text.ts";
import { UsageError } from "../usage.ts";

const encoder = new TextEncoder();

/** The files of a folder, one for each target. Those of an earlier run are emptied first. */
export class Files {
  readonly #folder: string;
  readonly #shown: Shown;
  readonly #files = new Map<string, Deno.FsFile>();

  /** @throws {UsageError} if they cannot be made. */
  constructor(folder: string, ids: readonly string[], shown: Shown) {
    this.#folder = folder;
    this.#shown = shown;
    try {
      Deno.mkdirSync(folder, { recursive: true });
      for (const id of ids) Deno.writeFileSync(this.#path(id), new Uint8Array());
    } catch (error) {
      throw new UsageError(`cannot make the files of --out ${folder}: ${messageOf(error)}`);
    }
  }

  /** Adds an item to the file of a target. */
  async item(id: string, item: unknown): Promise<void> {
    const bytes = encoder.encode(tagged("", this.#shown.item(item)));
    try {
      const file = this.#files.get(id) ?? await Deno.open(this.#path(id), { append: true });
      this.#files.set(id, file);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    } catch (error) {
      throw new Error(`cannot write ${this.#path(id)}: ${messageOf(error)}`);
    }
  }

  /** Closes the file of a target. */
  close(id: string): void {
    this.#files.get(id)?.close();
    this.#files.delete(id);
  }

  #path(id: string): string {
    return `${this.#folder}/${fileName(id)}`;
  }
}
