/**
 * Reports to the initiator.
 *
 * @module
 */

import type { Link } from "../wire/messages.ts";
import type { Reporter, SyncChange, SyncProblem, Tally, Told } from "../wire/problems.ts";

const INTERVAL_MS = 100;
const ENOUGH = 256;

/** Gathers what there is to report, and sends it from time to time. */
export class RemoteReporter implements Reporter {
  readonly #link: Link;
  #told: Told = { errors: [], skipped: [], changes: [] };
  #count = 0;
  #sentAt = performance.now();

  constructor(link: Link) {
    this.#link = link;
  }

  error(problem: SyncProblem): void {
    this.#told.errors.push(problem);
    this.#count++;
  }

  skip(path: string, reason: string): void {
    this.#told.skipped.push({ path, reason });
    this.#count++;
  }

  change(path: string, kind: SyncChange["kind"]): void {
    this.#told.changes.push({ path, kind });
    this.#count++;
  }

  async flush(tally?: Tally, isLast = false): Promise<void> {
    const isTime = performance.now() - this.#sentAt >= INTERVAL_MS;
    if (!isLast && this.#count < ENOUGH && !isTime) return;
    if (this.#count === 0 && tally === undefined) return;
    const told = this.#told;
    this.#told = { errors: [], skipped: [], changes: [] };
    this.#count = 0;
    this.#sentAt = performance.now();
    await this.#link.send({ type: "told", ...told, tally: tally && { ...tally } });
  }
}
