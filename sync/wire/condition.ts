/**
 * Lets parts of one task wait for each other.
 *
 * @module
 */

/** What several loops wait on: that something has changed, or that one of them has failed. */
export class Condition {
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: { error: unknown } | undefined;

  /** Resolves when it is true; checked at each change. */
  async until(isTrue: () => boolean): Promise<void> {
    while (true) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (isTrue()) return;
      this.#waiting ??= Promise.withResolvers();
      await this.#waiting.promise;
    }
  }

  /** Has each waiting loop look again. */
  changed(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  /** Ends each wait, also later ones, with an error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.changed();
  }
}

/**
 * Runs loops together. The first failure ends the waits of the others, and is thrown.
 *
 * @param stop Ends what else they wait for; then all of them have ended before it is thrown. Without
 * it, whoever calls this has to end that.
 */
export async function together(
  condition: Condition,
  loops: readonly (() => Promise<void>)[],
  stop: (() => void) | undefined,
): Promise<void> {
  const runs = loops.map((loop) =>
    loop().catch((error) => {
      condition.fail(error);
      stop?.();
      throw error;
    })
  );
  try {
    await Promise.all(runs);
  } catch (error) {
    if (stop !== undefined) await Promise.allSettled(runs);
    throw error;
  }
}
