/**
 * Reasons for the event loop to stay alive.
 *
 * @module
 */

/** Keeps the event loop alive until it is disposed. */
export class Hold implements Disposable {
  #release: (() => void) | undefined;

  /**
   * @param release Called when it is disposed for the first time. Pass the same function to all holds
   * of one kind: an item that waits to be sent has a hold of its own, which is to cost little.
   */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Ends the hold. Again, it does nothing. */
  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = undefined;
    release?.();
  }
}

/** Keeps nothing alive: for a side whose event loop does not depend on what waits. */
export const NO_HOLD: Hold = new Hold(() => {});
