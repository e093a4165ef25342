/**
 * Whether a gateway's processes keep the event loop alive: while something waits on one of them.
 *
 * @module
 */

/** What can keep the event loop alive, such as a `Transport`. */
export interface Handle {
  /** Keeps it alive from now on. */
  ref(): void;
  /** Lets it end. */
  unref(): void;
}

/** Counts what waits, for all processes of a gateway: a channel may move from one to another. */
export class KeepAlive {
  readonly #handles = new Set<Handle>();
  #waiting = 0;

  /** Takes part from now on, until {@linkcode KeepAlive.delete}. */
  add(handle: Handle): void {
    this.#handles.add(handle);
    if (this.#waiting > 0) handle.ref();
  }

  /** Takes part no more, and is let go of. */
  delete(handle: Handle): void {
    if (this.#handles.delete(handle)) handle.unref();
  }

  /** Something begins (+1) or ends (-1) to wait. */
  change(by: 1 | -1): void {
    this.#waiting += by;
    if (this.#waiting === 0) { for (const handle of this.#handles) handle.unref(); }
    else if (this.#waiting === 1 && by === 1) { for (const handle of this.#handles) handle.ref(); }
  }
}
