/**
 * Asks for the files that differ: whole, as far as they differ, or only if their hash does.
 *
 * @module
 */

import type { BlockSums } from "../wire/blocks.ts";
import type { Condition } from "../wire/condition.ts";
import { hashOf } from "../wire/hash.ts";
import type { ReceiverMessage } from "../wire/messages.ts";
import type { Settings } from "../wire/settings.ts";
import type { Books } from "./books.ts";
import type { Wish } from "./compare.ts";
import { sumsOf } from "./sums.ts";
import type { Work } from "./work.ts";

/** Files of which sums are sent at the same time: the other side holds them. */
const MAX_DELTAS = 4;

/** What the wants of a run work on. */
export interface WantsInit {
  work: Pick<Work, "tree" | "incoming" | "listing">;
  settings: Settings;
  books: Books;
  condition: Condition;
  send(message: ReceiverMessage): Promise<void>;
}

/** The wants of one run. */
export class Wants {
  readonly #init: WantsInit;

  constructor(init: WantsInit) {
    this.#init = init;
  }

  /** Answers a list: says which of its files are wanted. */
  async answer(wishes: readonly Wish[]): Promise<void> {
    const { settings, books, send } = this.#init;
    const { listing, incoming } = this.#init.work;
    const ids: number[] = [];
    const hashes: (Uint8Array<ArrayBuffer> | undefined)[] = [];
    for (const wish of wishes) {
      const { id, awaited, byHash } = wish;
      if (settings.dryRun && !byHash) books.written(awaited, awaited.entry);
      else if (!await this.#wantDelta(wish)) {
        hashes.push(await this.#hashFor(wish));
        ids.push(id);
        incoming.expect(id, awaited);
      }
    }
    await send({ type: "want", upTo: listing.count, ids, hashes });
  }

  async #hashFor({ awaited, byHash }: Wish): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!byHash) return undefined;
    try {
      return await hashOf(this.#init.work.tree.at(awaited.path));
    } catch {
      return undefined; // It is replaced.
    }
  }

  /** Wants only what differs from the old version, where that is large enough. */
  async #wantDelta({ id, awaited, byHash, oldSize }: Wish): Promise<boolean> {
    const { settings: { minDelta = Infinity }, condition, send } = this.#init;
    const { incoming, tree } = this.#init.work;
    if (byHash || Math.min(oldSize, awaited.entry.size) < minDelta) return false;
    await condition.until(() => incoming.deltas < MAX_DELTAS);
    let sums: BlockSums;
    try {
      sums = await sumsOf(tree.at(awaited.path), oldSize);
    } catch {
      return false; // It is sent whole.
    }
    incoming.expect(id, { ...awaited, block: sums.block });
    await send({ type: "delta", id, sums });
    return true;
  }
}
