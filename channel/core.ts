/**
 * The inside of a channel: its parts, and what they do on each call and each frame.
 *
 * @module
 */

import { ProtocolError, type RemoteError, TimeoutError } from "../errors.ts";
import { atUser, forUser } from "../errors/user_stack.ts";
import { bounded, type WaitOptions } from "../internal/wait.ts";
import type { Frame } from "../protocol/frames.ts";
import type { Binding } from "./binding.ts";
import type { ErrorCompletion } from "./error_completion.ts";
import { Lifecycle, type LifecycleParts } from "./lifecycle.ts";
import type { ChannelRole } from "./state.ts";
import { Outcome } from "./outcome.ts";
import { PeerError } from "./peer_error.ts";
import type { Consumer } from "./receive/callback.ts";
import { ItemReader } from "./receive/item_reader.ts";
import { ReceiveQueue } from "./receive/receive_queue.ts";
import { ReceiveWindow } from "./receive/receive_window.ts";
import { ItemWriter } from "./send/item_writer.ts";
import { SendQueue } from "./send/send_queue.ts";
import { canSend, onItem } from "./state.ts";

/** The inside of a {@linkcode Channel}. */
export class ChannelCore implements LifecycleParts {
  readonly binding: Binding;
  readonly outcome: Outcome;
  readonly sendQueue: SendQueue;
  readonly window: ReceiveWindow;
  readonly received: ReceiveQueue;
  readonly reader: ItemReader;
  readonly lifecycle: Lifecycle;
  readonly #writer: ItemWriter;
  readonly #peerError: PeerError;

  constructor(binding: Binding, role: ChannelRole) {
    this.binding = binding;
    this.outcome = new Outcome(binding);
    this.sendQueue = new SendQueue(binding);
    this.#writer = new ItemWriter(binding, this.sendQueue);
    this.window = new ReceiveWindow(binding);
    this.received = new ReceiveQueue(
      binding,
      this.window,
      this.outcome,
      {
        callbackFailed: (error) => this.lifecycle.callbackFailed(error),
        reset: (error) => this.lifecycle.reset(error),
      },
    );
    this.reader = new ItemReader(
      binding,
      this.received,
      (error) => this.lifecycle.reset(error),
    );
    this.#peerError = new PeerError(binding);
    this.lifecycle = new Lifecycle(role, this);
  }

  /** Whether nothing more will be received or sent. */
  get isSpent(): boolean {
    return this.lifecycle.isClosed && this.received.size === 0;
  }

  /** Whether the peer has closed the channel, and its error is still being completed. */
  get isPeerClosing(): boolean {
    return this.#peerError.completion?.isPending ?? false;
  }

  /** The error that the peer closed with, if nobody has received it. */
  get unseenError(): Error | undefined {
    return this.outcome.isReported ? undefined : this.outcome.unseen;
  }

  /** Sends an item; see {@linkcode ItemWriter.send}. */
  send(item: unknown, signal?: AbortSignal): Promise<void> {
    if (canSend(this.lifecycle.state)) return this.#writer.send(item, signal);
    return Promise.reject(atUser(this.outcome.sendError()));
  }

  /** Sends an item; see {@linkcode ItemWriter.sendOn}. After the close it does nothing. */
  sendOn(item: unknown): Promise<void> | void {
    if (canSend(this.lifecycle.state)) return this.#writer.sendOn(item);
  }

  /** Sends bytes; see {@linkcode ItemWriter.sendBytes}. After the close it does nothing. */
  sendBytes(chunks: readonly Uint8Array[], written: () => void): Promise<void> | void {
    if (canSend(this.lifecycle.state)) return this.#writer.sendBytes(chunks, written);
  }

  /** Sends an item that was encoded before, in front of anything that the user sends. */
  sendEncoded(bytes: Uint8Array): void {
    this.#writer.sendEncoded(bytes);
  }

  /** Calls `consumer` with what is received from now on, and at the end. */
  setConsumer(consumer: Consumer): void {
    this.received.setConsumer(consumer);
    this.reader.consumer = consumer.kind;
    this.outcome.isReported = true;
  }

  /**
   * Waits until both sides have closed, and the callback has run for the last time.
   *
   * @throws The error that it ended with. That it was cut is none for code that calls this after
   * its own close.
   */
  async waitClose(options?: WaitOptions): Promise<void> {
    await forUser(() => this.#untilClosed(options));
  }

  async #untilClosed(options?: WaitOptions): Promise<void> {
    using _hold = this.binding.hold();
    const { isClosedHere } = this.outcome;
    await bounded(
      this.lifecycle.whenClosed(),
      options,
      () => this.#waitCloseExpired(options?.timeout),
    );
    this.outcome.isReported = true;
    const { failure } = this.outcome;
    const error = isClosedHere ? failure : failure ?? this.outcome.cutError();
    if (error !== undefined) throw error;
  }

  #waitCloseExpired(timeout: number | undefined): Error {
    const { size } = this.received;
    const advice = size === 0
      ? "it stays as it is"
      : `${size} items wait to be received on it, and the peer may wait until they are: receive them, ` +
        `or set a callback, before waiting`;
    return new TimeoutError(`${this.binding.label} did not close within ${timeout} ms; ${advice}`);
  }

  /**
   * Receives a piece of an item.
   *
   * @throws {ProtocolError} when it follows the peer's end, or passes the window.
   */
  receiveItem(frame: Frame & { type: "item" | "part" }): void {
    switch (onItem(this.lifecycle.state)) {
      case "accept":
        return this.reader.read(frame);
      case "drop":
        return this.binding.context.window.free(frame.cost);
      case "violation":
        throw new ProtocolError(
          `the peer sent an item on channel ${this.binding.id} after its end`,
        );
    }
  }

  /**
   * Drops the item that the peer has begun, and has given up.
   *
   * @throws {ProtocolError} when there is none.
   */
  receiveDrop(): void {
    if (onItem(this.lifecycle.state) !== "drop") this.reader.giveUp();
  }

  /** Receives the peer's close; `bytes` are its error, or empty. */
  receiveClose(bytes: Uint8Array): void {
    this.#peerError.read(bytes, (error) => this.lifecycle.closedByPeer(error));
  }

  /** Takes the end of the peer's process for its answer to a close: it was ended for that. */
  closedWithPeer(): void {
    this.#peerError.completion?.flush();
    if (this.lifecycle.state === "closing") this.lifecycle.closedByPeer(undefined);
  }

  /** Ends it with its connection. */
  lose(error: Error): void {
    this.#peerError.completion?.flush();
    this.lifecycle.lose(error);
  }

  /** Sets what completes the errors of the peer. */
  completeErrorsBy(completion: ErrorCompletion): void {
    this.#peerError.completion = completion;
  }

  /** Completes an error that was received in an item; see {@linkcode PeerError.remoteError}. */
  remoteError(error: Error): RemoteError | Promise<RemoteError> {
    return this.#peerError.remoteError(error);
  }
}
