/**
 * Reasons for the event loop to stay alive.
 *
 * @module
 */

/** Keeps the event loop alive until it is disposed. Disposing it again does nothing. */
export type Hold = Disposable;

/** Returns a hold that calls `release` when it is disposed for the first time. */
export function createHold(release: () => void): Hold {
  let isHeld = true;
  return {
    [Symbol.dispose]() {
      if (!isHeld) return;
      isHeld = false;
      release();
    },
  };
}

/** Keeps nothing alive: for a side whose event loop does not depend on what waits. */
export const NO_HOLD: Hold = { [Symbol.dispose]() {} };
