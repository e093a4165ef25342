/**
 * How much one channel may still send: its own window, and its part of the connection's.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { FrameType, INITIAL_WINDOW_BYTES } from "../../protocol/constants.ts";
import type { Binding } from "../binding.ts";
import type { CreditWaiter } from "../connection_credit.ts";

/** The most that a window can be. */
const MAX_CREDIT_BYTES = 0xffff_ffff;

/** The credit of one channel. */
export class ChannelCredit {
  readonly #binding: Binding;
  #own = INITIAL_WINDOW_BYTES;
  /** Credit of the connection that is for this channel alone. */
  #granted = 0;
  /** Whether the peer was told that the connection's window holds this channel up. */
  #isBlocked = false;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** What the channel's window allows. */
  get own(): number {
    return this.#own;
  }

  /** What both windows allow. */
  get left(): number {
    return Math.min(this.#own, this.#binding.context.credit.left + this.#granted);
  }

  /** Counts bytes that are sent. */
  take(bytes: number): void {
    const granted = Math.min(this.#granted, bytes);
    this.#isBlocked = false;
    this.#own -= bytes;
    this.#granted -= granted;
    this.#binding.context.credit.take(bytes - granted);
  }

  /**
   * Adds to the channel's window.
   *
   * @throws {ProtocolError} when the sum is more than a window can be.
   */
  add(bytes: number): void {
    if (this.#own + bytes > MAX_CREDIT_BYTES) {
      throw new ProtocolError(`the peer gave channel ${this.#binding.id} a window of over 4 GiB`);
    }
    this.#own += bytes;
  }

  /** Adds credit of the connection for this channel alone. */
  grant(bytes: number): void {
    this.#isBlocked = false;
    this.#granted += bytes;
  }

  /**
   * Resumes `waiter` when the connection's window is open again, and tells the peer that it holds up
   * an item, of which `cost` bytes are left.
   */
  waitForConnection(waiter: CreditWaiter, cost: number): void {
    const { context, id } = this.#binding;
    context.credit.wait(waiter);
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    const wanted = Math.min(Math.max(1, cost - this.#granted), MAX_CREDIT_BYTES);
    context.scheduler.frame(FrameType.BLOCKED, id, undefined, wanted);
  }

  /** Leaves to all channels what was granted to this one. */
  returnGrant(): void {
    this.#isBlocked = false;
    if (this.#granted === 0) return;
    const bytes = this.#granted;
    this.#granted = 0;
    this.#binding.context.credit.add(bytes);
  }

  /** Nothing waits any more. */
  stop(waiter: CreditWaiter): void {
    this.returnGrant();
    this.#binding.context.credit.leave(waiter);
  }

  /** Begins anew, as a channel that has sent nothing. */
  restart(): void {
    this.#own = INITIAL_WINDOW_BYTES;
  }
}
