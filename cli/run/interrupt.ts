/**
 * Ctrl-C: the first one asks what runs to stop, the second one kills it.
 *
 * @module
 */

import { STATUS } from "./status.ts";

/** Signals that end the program, and the exit status of each. */
const SIGNALS: readonly (readonly [Deno.Signal, number])[] = [
  ["SIGINT", STATUS.interrupted],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
];

/** The wish to end. Listens until it is disposed. */
export class Interrupt implements Disposable {
  readonly #asked = new AbortController();
  readonly #killed = new AbortController();
  readonly #listeners: (readonly [Deno.Signal, () => void])[] = [];
  readonly #onAsked: () => void;
  #status = 0;

  /** @param onAsked Called at the first signal. */
  constructor(onAsked: () => void) {
    this.#onAsked = onAsked;
    for (const [signal, status] of SIGNALS) {
      const listener = () => this.#signalled(status);
      Deno.addSignalListener(signal, listener);
      this.#listeners.push([signal, listener]);
    }
  }

  /** Aborted when what runs is asked to stop. */
  get asked(): AbortSignal {
    return this.#asked.signal;
  }

  /** Aborted when what runs is to be killed. */
  get killed(): AbortSignal {
    return this.#killed.signal;
  }

  /** The exit status; 0 if there was no signal. */
  get status(): number {
    return this.#status;
  }

  /** Asks what runs to stop, without a signal: nobody reads what it sends. */
  ask(): void {
    this.#asked.abort(new Error("nobody reads the output any more"));
  }

  /** Stops listening: the next signal ends the process. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  #signalled(status: number): void {
    if (this.#status !== 0) {
      // Whoever is still in a hurry after that need not wait for the end of what was killed.
      if (this.#killed.signal.aborted) Deno.exit(this.#status);
      this.#killed.abort(new Error("killed"));
      return;
    }
    this.#status = status;
    this.#onAsked();
    this.#asked.abort(new Error("interrupted"));
  }
}
