/**
 * Requests for the status of the peer.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import { bounded, type WaitOptions } from "../../internal/wait.ts";
import { FrameType } from "../../protocol/constants.ts";
import { decodeStatusReport, type StatusReport } from "../../protocol/control.ts";
import type { ChannelContext } from "../binding.ts";
import type { FrameSink } from "../frame_sink.ts";

type Asker = Pick<ChannelContext, "owner" | "hold"> & {
  readonly scheduler: Pick<FrameSink, "frame">;
};

/** The requests that wait for an answer, by number. */
export class StatusRequests {
  readonly #open = new Map<number, PromiseWithResolvers<StatusReport>>();
  #next = 1;

  /**
   * Asks the peer of a connection.
   *
   * @throws {TimeoutError} after `timeout` milliseconds; a later answer is dropped.
   */
  async ask(peer: Asker, options?: WaitOptions): Promise<StatusReport> {
    const request = this.#next++;
    const answer = Promise.withResolvers<StatusReport>();
    this.#open.set(request, answer);
    peer.scheduler.frame(FrameType.STATUS_REQUEST, request);
    using _hold = peer.hold();
    try {
      return await bounded(answer.promise, options, () =>
        new TimeoutError(
          `gateway ${peer.owner.id} did not tell its status within ${options?.timeout} ms`,
        ));
    } finally {
      this.#open.delete(request);
    }
  }

  /**
   * Resolves a request; an answer that nobody waits for is ignored.
   *
   * @throws {ProtocolError} when it is malformed.
   */
  answer(request: number, report: Uint8Array): void {
    const decoded = decodeStatusReport(report);
    this.#open.get(request)?.resolve(decoded);
  }

  /** Rejects all requests: there will be no more answers. */
  fail(reason: Error): void {
    for (const { reject } of this.#open.values()) reject(reason);
  }
}
