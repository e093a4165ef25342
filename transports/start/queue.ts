/**
 * Bounds how many gateways start at once.
 *
 * @module
 */

import type { StartLimit } from "../kind.ts";

/** The right to start, which is released once the gateway is up or has failed. */
export interface Slot {
  /** Resolves when the start may begin; undefined where it may begin at once. */
  readonly queued: Promise<void> | undefined;
  /** Whether each start under way has failed before, and none has succeeded lately. */
  readonly areAllFailing: boolean;
  /** Tells all starts of the queue how an attempt of this one has ended. */
  tell(outcome: "failed" | "succeeded"): void;
  /** Passes the slot on to the next start, or gives up waiting for it. Does nothing the second time. */
  release(): void;
}

/** Starts under way and starts that wait, by {@linkcode StartLimit.key}. */
const queues = new Map<string, StartQueue>();

/** Takes a slot, or joins the queue for one. */
export function acquireSlot(limit: StartLimit): Slot {
  let queue = queues.get(limit.key);
  if (queue === undefined) {
    queue = new StartQueue(() => queues.delete(limit.key));
    queues.set(limit.key, queue);
  }
  return queue.acquire(limit.max);
}

class StartQueue {
  readonly #idle: () => void;
  /** What lets each waiting start begin, in order. */
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #failing = 0;
  /** Whether a start has succeeded since none was under way. */
  #hasSucceeded = false;

  /** @param idle Called when no start is under way any more. */
  constructor(idle: () => void) {
    this.#idle = idle;
  }

  acquire(max: number): Slot {
    if (this.#running < max) {
      this.#running++;
      return this.#slot(undefined, () => this.#next());
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    return this.#slot(promise, () => this.#waiting.delete(resolve) || this.#next());
  }

  #slot(queued: Promise<void> | undefined, release: () => void): Slot {
    const areAllFailing = () => !this.#hasSucceeded && this.#failing === this.#running;
    let hasFailed = false;
    return {
      queued,
      get areAllFailing() {
        return areAllFailing();
      },
      tell: (outcome) => {
        if (outcome === "succeeded") this.#hasSucceeded = true;
        else if (!hasFailed) {
          hasFailed = true;
          this.#failing++;
        }
      },
      release: once(() => {
        if (hasFailed) this.#failing--;
        release();
      }),
    };
  }

  #next(): void {
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next();
    } else if (--this.#running === 0) this.#idle();
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
