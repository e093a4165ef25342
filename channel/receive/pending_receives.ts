/**
 * The receives that wait for an item of one channel.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import { rejectedAtUser } from "../../errors/user_stack.ts";
import { Queue } from "../../internal/queue.ts";
import { type WaitOptions, watch } from "../../internal/wait.ts";
import type { Binding } from "../binding.ts";

interface Pending {
  item(item: unknown): void;
  end(): void;
}

/** Receives in the order in which they began to wait. */
export class PendingReceives {
  readonly #binding: Binding;
  readonly #pending = new Queue<Pending>();

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The number of receives that wait. */
  get size(): number {
    return this.#pending.size;
  }

  /**
   * Waits for an item. The event loop stays alive meanwhile.
   *
   * @param map Makes the result of an item.
   * @param end Makes the result, or throws, when no item is left.
   */
  add<T>(map: (item: unknown) => T, end: () => T, options?: WaitOptions): Promise<T> {
    return new Promise((resolve) => {
      const hold = this.#binding.hold();
      const stopWatching = watch(options, () => this.#expired(options?.timeout), (error) => {
        this.#pending.remove(pending);
        this.#binding.context.window.resume();
        hold[Symbol.dispose]();
        resolve(rejectedAtUser(error));
      });
      const stop = () => {
        stopWatching();
        hold[Symbol.dispose]();
      };
      const pending: Pending = {
        item(item) {
          stop();
          resolve(map(item));
        },
        end() {
          stop();
          try {
            resolve(end());
          } catch (error) {
            resolve(rejectedAtUser(error));
          }
        },
      };
      this.#pending.push(pending);
    });
  }

  /** Answers the first with an item; returns whether there was one. */
  answer(item: unknown): boolean {
    const first = this.#pending.shift();
    first?.item(item);
    return first !== undefined;
  }

  /** Answers all: no item is left. */
  end(): void {
    for (const pending of this.#pending.drain()) pending.end();
  }

  #expired(timeout: number | undefined): Error {
    return new TimeoutError(
      `nothing was received on ${this.#binding.label} within ${timeout} ms; it stays open`,
    );
  }
}
