/**
 * What was asked of the peer and is not answered yet.
 *
 * @module
 */

import type { StatusReport } from "../../protocol/control.ts";

/** Requests for the peer's status, by number. */
export class StatusRequests {
  readonly #open = new Map<number, PromiseWithResolvers<StatusReport>>();
  #next = 1;

  /** A new request, to be dropped when nobody waits for it any more. */
  add(): { request: number; answer: Promise<StatusReport> } {
    const request = this.#next++;
    const open = Promise.withResolvers<StatusReport>();
    this.#open.set(request, open);
    return { request, answer: open.promise };
  }

  drop(request: number): void {
    this.#open.delete(request);
  }

  /** Takes an answer; one that nobody waits for is ignored. */
  answer(request: number, report: StatusReport): void {
    this.#open.get(request)?.resolve(report);
  }

  /** No answer will come any more. */
  fail(reason: Error): void {
    for (const { reject } of this.#open.values()) reject(reason);
  }
}
