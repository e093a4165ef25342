/**
 * Measures how long the items of one worker take, and decides how many it gets at once.
 *
 * @module
 */

import { FIRST_PACE, nextPace, type Pace } from "./pace.ts";

/** Measures what was sent to an idle worker, from its sending to its last answer. */
interface Probe {
  readonly count: number;
  readonly sentAt: number;
  /** Items without an answer. */
  unanswered: number;
  workMs: number;
}

/** The pace of a worker. */
export class Pacer {
  readonly #isVaried: boolean;
  #pace: Pace = FIRST_PACE;
  #probe: Probe | undefined;

  /** @param isVaried Whether the pace may change: it stays at one item otherwise. */
  constructor(isVaried: boolean) {
    this.#isVaried = isVaried;
  }

  /** Number of items for a worker that has `load`; 0 rather than a few, which are not worth a message. */
  room(load: number): number {
    const { batch, depth } = this.#pace;
    const free = Math.min(batch, batch * depth - load);
    return load > 0 && free < batch / 2 ? 0 : free;
  }

  /** Items were sent to a worker that had `load`. */
  sent(count: number, load: number): void {
    this.#probe = load > 0
      ? undefined
      : { count, sentAt: performance.now(), unanswered: count, workMs: 0 };
  }

  /** Items were answered, on which the worker has spent `workMs`. */
  answered(count: number, workMs: number): void {
    if (!this.#isVaried) return;
    const probe = this.#probe;
    if (probe === undefined) {
      this.#pace = nextPace(this.#pace, { count, workMs });
      return;
    }
    probe.unanswered -= count;
    probe.workMs += workMs;
    if (probe.unanswered > 0) return;
    this.#probe = undefined;
    const tripMs = performance.now() - probe.sentAt;
    this.#pace = nextPace(this.#pace, { count: probe.count, workMs: probe.workMs, tripMs });
  }

  /** An item was slow: the pace is measured anew. */
  reset(): void {
    this.#pace = FIRST_PACE;
  }
}
