/**
 * Who waits until something can be received, and does not receive it yet. Only the initiator has
 * merged channels, so the remote program is without this.
 *
 * @module
 */

import type { Hold } from "../../internal/keep_alive.ts";
import type { Binding } from "../binding.ts";
import type { KeptItems } from "./kept_items.ts";

/** What a queue has for those that watch it. */
export interface WatchedQueue {
  /** Made by the first that watches. */
  watchers: Watchers | undefined;
  /** Undefined while a receive would wait. */
  readonly sequence: number | undefined;
  readonly items: Pick<KeptItems, "awaited">;
  /** @throws {ExecnetError} when it has a callback. */
  checkFree(): void;
}

/** Functions that are called once. */
export class Watchers {
  readonly #all = new Set<() => void>();

  /** How many wait. */
  get size(): number {
    return this.#all.size;
  }

  /** Adds one; returns a function that removes it. `hold` is disposed then, or when it is called. */
  add(ready: () => void, hold: Hold): () => void {
    const stop = () => {
      this.#all.delete(wake);
      hold[Symbol.dispose]();
    };
    const wake = () => {
      stop();
      ready();
    };
    this.#all.add(wake);
    return stop;
  }

  /** Calls all. */
  wake(): void {
    for (const wake of [...this.#all]) wake();
  }
}

/**
 * Calls `ready` once something can be received, unless the returned function is called before.
 *
 * @throws {ExecnetError} when the channel has a callback.
 */
export function watch(queue: WatchedQueue, binding: Binding, ready: () => void): () => void {
  queue.checkFree();
  const watchers = queue.watchers ??= new Watchers();
  const stop = watchers.add(ready, binding.hold());
  if (queue.sequence !== undefined) watchers.wake();
  else queue.items.awaited();
  return () => {
    stop();
    binding.context.window.resume();
  };
}
