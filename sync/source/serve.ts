/**
 * Sends the content of files: small ones together, large ones in chunks.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { equals } from "@std/bytes/equals";
import type { BlockSums } from "../wire/blocks.ts";
import { check } from "../wire/check.ts";
import { pack } from "../wire/compression.ts";
import type { Entry } from "../wire/entry.ts";
import { numbersOf, type SenderMessage } from "../wire/messages.ts";
import { below } from "../wire/path.ts";
import type { SyncProblem } from "../wire/problems.ts";
import { hashOf } from "../wire/hash.ts";
import type { LinkMode } from "../wire/settings.ts";
import {
  ATTEMPTS,
  changed,
  checkFile,
  isUnchanged,
  lookAt,
  readProblem,
  readSmall,
  SMALL_BYTES,
} from "./content.ts";
import type { Part } from "./match.ts";
import { type Ending, partsOf } from "./parts.ts";

/** A file that the other side wants. */
export interface Wanted {
  id: number;
  path: string;
  /** The SHA-256 of the target's file: it is only sent if its own is another. */
  hash: Uint8Array | undefined;
  /** The sums of the target's old version: only what differs is sent. */
  sums: BlockSums | undefined;
}

/** What it needs. */
export interface ContentInit {
  /** The root of the tree; undefined: the root is a file. */
  root: string | undefined;
  /** That file. */
  file: string;
  links: LinkMode;
  compress: boolean;
  /** Whether content is only compared. */
  dryRun: boolean;
  send(message: SenderMessage | Uint8Array<ArrayBuffer>): Promise<void>;
  failed(problem: SyncProblem): void;
}

/** Files that are read at the same time, and sent together. */
const TOGETHER = 64;
const TOGETHER_BYTES = 256 * 1024;

type Outcome =
  | { kind: "small"; id: number; entry: Entry; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "large" | "same" | "differs" | "failed"; wanted: Wanted };

/** Sends files in the order in which they are wanted. */
export class ContentSender {
  readonly #init: ContentInit;
  readonly #queue: Wanted[] = [];
  /** The next files, read while the ones before are sent. */
  #ahead: Promise<Outcome[]> | undefined;
  #isCut = false;
  /** Large files of which the other side has not said whether they are in their place. */
  readonly #unsettled = new Map<number, Wanted>();

  constructor(init: ContentInit) {
    this.#init = init;
  }

  /** Whether there is something to send. */
  get hasWork(): boolean {
    return this.#queue.length > 0 || this.#ahead !== undefined;
  }

  /** Whether the other side has all large files that were sent. */
  get isSettled(): boolean {
    return this.#unsettled.size === 0;
  }

  /** Notes what has become of a large file; it may have to be sent again, whole. */
  settle(id: number, isAgain: boolean): void {
    const wanted = this.#unsettled.get(id);
    check(wanted !== undefined, "news of a file that was not sent");
    this.#unsettled.delete(id);
    if (isAgain) this.#queue.push({ ...wanted, sums: undefined });
  }

  add(wanted: readonly Wanted[]): void {
    this.#queue.push(...wanted);
  }

  async #send(message: SenderMessage | Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await this.#init.send(message);
    } catch (error) {
      this.#isCut = true;
      throw error;
    }
  }

  /** Sends some files. */
  async sendNext(): Promise<void> {
    const outcomes = await (this.#ahead ?? this.#readNext());
    this.#ahead = this.#queue.length > 0 ? this.#readNext() : undefined;
    await this.#sendSmall(outcomes);
    for (const why of ["same", "differs", "failed"] as const) {
      const ids = outcomes.flatMap((each) => each.kind === why ? [each.wanted.id] : []);
      if (ids.length > 0) await this.#send({ type: "none", ids, why });
    }
    for (const each of outcomes) if (each.kind === "large") await this.#sendLarge(each.wanted);
  }

  async #readNext(): Promise<Outcome[]> {
    return await Promise.all(
      this.#queue.splice(0, TOGETHER).map((wanted) => this.#read(wanted)),
    );
  }

  #fileOf({ path }: Wanted): string {
    const { root, file } = this.#init;
    return root === undefined ? file : below(root, path);
  }

  async #read(wanted: Wanted): Promise<Outcome> {
    const file = this.#fileOf(wanted);
    try {
      if (wanted.hash !== undefined && await this.#isSame(wanted, file)) {
        return { kind: "same", wanted };
      }
      if (this.#init.dryRun) return { kind: "differs", wanted };
      // Its size may have changed since it was listed.
      const isLarge = lookAt(file, this.#init.links).entry.size > SMALL_BYTES;
      if (isLarge || wanted.sums !== undefined) return { kind: "large", wanted };
      const read = await readSmall(wanted.path, file, this.#init.links);
      return read === undefined ? { kind: "large", wanted } : {
        kind: "small",
        id: wanted.id,
        ...read,
      };
    } catch (error) {
      this.#init.failed(readProblem(wanted.path, error));
      return { kind: "failed", wanted };
    }
  }

  async #isSame({ path, hash }: Wanted, file: string): Promise<boolean> {
    const look = lookAt(file, this.#init.links);
    checkFile(path, look);
    const own = await hashOf(file);
    return equals(own, hash ?? own) && await isUnchanged(file, this.#init.links, look);
  }

  async #sendSmall(outcomes: readonly Outcome[]): Promise<void> {
    let group: (Outcome & { kind: "small" })[] = [];
    let size = 0;
    const flush = async () => {
      if (group.length === 0) return;
      const [sent, bytes] = [group, concat(group.map((each) => each.bytes))];
      [group, size] = [[], 0];
      const packed = this.#init.compress ? pack(bytes) : undefined;
      await this.#send({
        type: "files",
        ids: sent.map(({ id }) => id),
        numbers: numbersOf(sent.map(({ entry }) => entry)),
        bytes: packed?.bytes ?? bytes,
        isPacked: packed !== undefined,
      });
    };
    for (const each of outcomes) {
      if (each.kind !== "small") continue;
      if (size + each.bytes.length > TOGETHER_BYTES) await flush();
      group.push(each);
      size += each.bytes.length;
    }
    await flush();
  }

  /** Sends a part; returns whether to try to compress the next. If it did not pay, it will not. */
  async #sendPart(part: Part, isPacked: boolean): Promise<boolean> {
    if (part.kind === "copy") {
      await this.#send({ type: "copy", index: part.index, count: part.count });
      return isPacked;
    }
    const packed = isPacked ? pack(part.bytes) : undefined;
    await this.#send(packed === undefined ? part.bytes : { type: "packed", ...packed });
    // A short part says nothing about the others.
    return packed !== undefined || (isPacked && part.bytes.length < SMALL_BYTES);
  }

  async #sendLarge(wanted: Wanted): Promise<void> {
    const { links, failed } = this.#init;
    const file = this.#fileOf(wanted);
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const look = lookAt(file, links);
        checkFile(wanted.path, look);
        await this.#send({ type: "open", id: wanted.id, entry: look.entry });
        const parts = partsOf(file, links, look, wanted.sums);
        let ending: Ending = { isWhole: false, hash: undefined };
        let isPacked = this.#init.compress;
        try {
          let next = await parts.next();
          for (; !next.done; next = await parts.next()) {
            isPacked = await this.#sendPart(next.value, isPacked);
          }
          ending = next.value;
        } finally {
          await parts.return(ending);
          if (ending.isWhole) this.#unsettled.set(wanted.id, wanted);
          if (!this.#isCut) await this.#send({ type: "close", ...ending });
        }
        if (ending.isWhole) return;
      }
      throw changed(wanted.path, `it changed each of the ${ATTEMPTS} times that it was read`);
    } catch (error) {
      if (this.#isCut) throw error;
      failed(readProblem(wanted.path, error));
      await this.#send({ type: "none", ids: [wanted.id], why: "failed" });
    }
  }
}
