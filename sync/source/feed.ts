/**
 * One walk for many targets.
 *
 * @module
 */

import type { Batch } from "./scan.ts";
import { type Position, positionOf } from "./walk.ts";

/** Bytes of batches that wait for one target. */
const QUEUE_BYTES = 512 * 1024;

type Walker = AsyncIterator<Batch, unknown>;

interface Follower {
  queue: Batch[];
  weight: number;
  /** Whether the shared walk feeds it. */
  isFed: boolean;
  /** Where its own walk has to begin, once the queue is empty. */
  position: Position | undefined;
}

/**
 * Feeds targets from one walk, as fast as the fastest of them asks. Where too much waits for a
 * target, that one goes on by a walk of its own.
 */
export class Feed {
  readonly #begin: (from?: Position) => Walker;
  readonly #shared: Walker;
  readonly #followers = new Set<Follower>();
  #step: Promise<void> | undefined;
  #isDone = false;

  constructor(begin: (from?: Position) => Walker) {
    this.#begin = begin;
    this.#shared = begin();
  }

  /** Adds a target. All are added before the first asks. */
  follow(): AsyncGenerator<Batch> {
    const follower: Follower = { queue: [], weight: 0, isFed: true, position: undefined };
    this.#followers.add(follower);
    return this.#batches(follower);
  }

  async *#batches(follower: Follower): AsyncGenerator<Batch> {
    try {
      while (true) {
        const batch = follower.queue.shift();
        if (batch !== undefined) {
          follower.weight -= batch.weight;
          yield batch;
        } else if (!follower.isFed) break;
        else if (this.#isDone) return;
        else await this.#advance();
      }
    } finally {
      this.#followers.delete(follower);
    }
    const own = this.#begin(follower.position);
    for (let next = await own.next(); !next.done; next = await own.next()) yield next.value;
  }

  /** Takes the next batch of the shared walk, for all. If that fails, it has failed for all. */
  #advance(): Promise<void> {
    return this.#step ??= this.#take().then(() => this.#step = undefined);
  }

  async #take(): Promise<void> {
    const { done, value } = await this.#shared.next();
    if (done) {
      this.#isDone = true;
      return;
    }
    for (const follower of this.#followers) {
      follower.queue.push(value);
      follower.weight += value.weight;
      if (follower.weight <= QUEUE_BYTES) continue;
      this.#followers.delete(follower);
      follower.isFed = false;
      follower.position = positionOf(value);
    }
  }
}
