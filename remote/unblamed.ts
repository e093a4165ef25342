/**
 * Tells the initiator of errors that no execution can be blamed for.
 *
 * @module
 */

import type { Connection } from "../channel/mux/connection.ts";
import { setTimeout } from "../internal/timers.ts";
import { FrameType, MAX_FRAME_BYTES, MISSED_BYTES } from "../protocol/constants.ts";

/** No more errors are told in a second, and none before these were written; the others are counted. */
const MOST_A_SECOND = 20;

/** The part of a connection that {@linkcode UnblamedErrors} uses. */
export type ErrorConnection = Pick<Connection, "lost" | "codec" | "scheduler" | "written">;

/** Tells errors over one connection. However many there are, they take a few frames of it. */
export class UnblamedErrors {
  readonly #connection: ErrorConnection;
  readonly #second: () => Promise<void>;
  #told = 0;
  /** The errors that were not told: how many, and the latest. */
  #missed = 0;
  #latest: { error: Error; channel: number } | undefined;

  /** @param second Resolves when a second is over. */
  constructor(connection: ErrorConnection, second: () => Promise<void> = secondOver) {
    this.#connection = connection;
    this.#second = second;
  }

  /**
   * Tells an error, now or at the end of the second.
   *
   * @param channel The channel that its code was sent on; 0 if that is not known.
   */
  tell(error: Error, channel: number): void {
    const { lost, codec, scheduler } = this.#connection;
    if (lost !== undefined) return;
    if (this.#told === MOST_A_SECOND) {
      if (this.#latest !== undefined) this.#missed++;
      this.#latest = { error, channel };
      return;
    }
    if (this.#told++ === 0) this.#beginSecond();
    const bytes = codec.encodeError(error, MAX_FRAME_BYTES - MISSED_BYTES);
    scheduler.frame(FrameType.UNCAUGHT, channel, bytes, this.#missed);
    this.#missed = 0;
  }

  async #beginSecond(): Promise<void> {
    await this.#second();
    await this.#connection.written();
    this.#told = 0;
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest !== undefined) this.tell(latest.error, latest.channel);
  }
}

function secondOver(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000));
}
