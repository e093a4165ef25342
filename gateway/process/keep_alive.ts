/**
 * Decides whether a gateway's processes keep the event loop alive: while something waits on one of
 * them.
 *
 * @module
 */

import { Hold } from "../../internal/keep_alive.ts";

/** A resource that can keep the event loop alive, such as a `Transport`. */
export interface Handle {
  /** Keeps the event loop alive from now on. */
  ref(): void;
  /** Lets the event loop end. */
  unref(): void;
}

/** Counts the holds on all processes of a gateway: a channel may move from one process to another. */
export class KeepAlive {
  readonly #handles = new Set<Handle>();
  #holds = 0;
  readonly #release = () => {
    if (--this.#holds > 0) return;
    for (const handle of this.#handles) handle.unref();
  };

  /** Applies to `handle` from now on, until {@linkcode KeepAlive.delete}. */
  add(handle: Handle): void {
    this.#handles.add(handle);
    if (this.#holds > 0) handle.ref();
  }

  /** Unrefs `handle`, and leaves it so. */
  delete(handle: Handle): void {
    if (this.#handles.delete(handle)) handle.unref();
  }

  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold {
    if (this.#holds++ === 0) { for (const handle of this.#handles) handle.ref(); }
    return new Hold(this.#release);
  }
}
