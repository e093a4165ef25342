/**
 * Requests for the status of the peer.
 *
 * @module
 */

import type { StatusReport } from "../../protocol/control.ts";

/** The requests that wait for an answer, by number. */
export class StatusRequests {
  readonly #open = new Map<number, PromiseWithResolvers<StatusReport>>();
  #next = 1;

  /** Adds a request. Drop it when nobody waits for the answer any more. */
  add(): { request: number; answer: Promise<StatusReport> } {
    const request = this.#next++;
    const open = Promise.withResolvers<StatusReport>();
    this.#open.set(request, open);
    return { request, answer: open.promise };
  }

  /** Removes a request. */
  drop(request: number): void {
    this.#open.delete(request);
  }

  /** Resolves a request; an answer that nobody waits for is ignored. */
  answer(request: number, report: StatusReport): void {
    this.#open.get(request)?.resolve(report);
  }

  /** Rejects all requests: there will be no more answers. */
  fail(reason: Error): void {
    for (const { reject } of this.#open.values()) reject(reason);
  }
}
