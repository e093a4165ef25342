/**
 * The life of a channel: its state, and every way in which it ends.
 *
 * @module
 */

import { ExecnetError, ProtocolError } from "../errors.ts";
import type { Binding } from "./binding.ts";
import { EXECUTION_ENDED, failureOf, type Outcome } from "./outcome.ts";
import type { ItemReader } from "./receive/item_reader.ts";
import type { ReceiveQueue } from "./receive/receive_queue.ts";
import type { SendQueue } from "./send/send_queue.ts";
import {
  canReceive,
  canSend,
  type ChannelEvent,
  type ChannelRole,
  type ChannelState,
  isClosed,
  transition,
} from "./state.ts";

/** The parts of a channel that its end affects. */
export interface LifecycleParts {
  readonly binding: Binding;
  readonly outcome: Outcome;
  readonly sendQueue: SendQueue;
  readonly reader: ItemReader;
  readonly received: ReceiveQueue;
}

const NO_ERROR = new Uint8Array();

/** The state of a channel, and what changes it. */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  #role: ChannelRole;
  #state: ChannelState = "open";
  readonly #endListeners: (() => void)[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #abort: AbortController | undefined;

  constructor(role: ChannelRole, parts: LifecycleParts) {
    this.#role = role;
    this.#parts = parts;
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** Whether it is the remote's end of an execution under way. */
  get isRunning(): boolean {
    return this.#role === "running";
  }

  /** Whether nothing new can be sent or received. */
  get isClosed(): boolean {
    return isClosed(this.#state);
  }

  /** Aborted when the channel closes. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      this.#parts.binding.handle.keepToEnd(); // who waits for it may not have the channel
      if (this.isClosed) this.#abort.abort(this.#parts.outcome.receiveError());
    }
    return this.#abort.signal;
  }

  /** Calls `ended` once, when the channel closes or is lost. */
  onEnd(ended: () => void): void {
    if (this.isClosed) ended();
    else this.#endListeners.push(ended);
  }

  /**
   * Resolves when it has closed on both sides, and the callback has run for the last time. In a
   * running execution it waits for the peer's end alone: its own close comes after the execution.
   */
  async whenClosed(): Promise<void> {
    if (this.#role !== "running") await this.#closed.promise;
    await this.#parts.received.whenFinished;
  }

  /** Ends sending, after what is queued. */
  closeSend(): void {
    if (!canSend(this.#state)) return;
    this.#go("endSent");
    this.#parts.sendQueue.end();
    this.#closeIfBothEnded();
  }

  /** The peer sends no more items. */
  receiveEnd(): void {
    this.#go("endReceived");
    this.#parts.reader.end();
    this.#parts.received.end();
    this.#closeIfBothEnded();
  }

  /**
   * Closes it from this side. Items that wait to be sent are given up.
   *
   * @param error The peer receives it as an error.
   * @param reason The error that code on this side gets which uses it afterwards.
   */
  close(error?: unknown, reason?: Error): void {
    if (this.#role === "running") {
      throw new ExecnetError(
        `cannot close the channel of a running execution from inside it: return, or throw, instead`,
      );
    }
    if (this.isClosed) return;
    const { binding, outcome, sendQueue } = this.#parts;
    binding.bindHome(); // its peer has to know the channel, to answer
    this.#cut();
    outcome.isClosedHere = true;
    const why = outcome.reason ?? reason ?? "was closed by this side";
    sendQueue.closeNow(this.#encode(error), () => outcome.notSentError(why));
    this.#go("closeSent");
    this.#end(why);
  }

  /** Half-closes, then closes: the peer sees a stream that ended in order. */
  closeInOrder(): void {
    this.closeSend();
    this.close();
  }

  /** Closes the channel of an execution that has ended, after what that sent. */
  finish(error?: unknown): void {
    if (this.#role !== "running" || this.#state === "closed") return;
    const { outcome, sendQueue } = this.#parts;
    this.#role = "plain";
    const bytes = this.#encode(error);
    if (this.isClosed) {
      sendQueue.closeNow(bytes, () => outcome.notSentError(outcome.reason));
    } else {
      sendQueue.closeAfterItems(bytes);
    }
    this.#go("closeSent");
    this.#end(EXECUTION_ENDED);
    sendQueue.flushed().then(() => this.#over());
  }

  /** Ends it as the peer has closed it. */
  closedByPeer(error: Error | undefined): void {
    const { outcome, sendQueue } = this.#parts;
    const wasClosing = this.#state === "closing";
    // An execution that has ended without an error has sent all that it had.
    if (this.#role !== "execution" || error !== undefined) this.#cut();
    this.#go("closeReceived");
    if (wasClosing) {
      sendQueue.hurryClose(() => outcome.notSentError(outcome.reason));
      // What ends because this side closes it is no failure.
      if (error !== undefined && error.name !== "ChannelClosedError") outcome.fail(error);
      return this.#end("was closed by both sides");
    }
    const reason = this.#role === "execution" ? EXECUTION_ENDED : "was closed by the peer";
    sendQueue.abandon(() => outcome.notSentError(reason));
    this.#end(reason, error);
    if (this.#role === "execution") this.#over();
    else if (this.#role === "plain") {
      sendQueue.closeNow(NO_ERROR, () => outcome.notSentError(reason));
      this.#go("closeSent");
      this.#release();
    }
  }

  /** Asks the execution of this channel to stop. The peer may not know of it, and send more. */
  cancel(reason: Error): void {
    if (this.isClosed) return;
    this.#cut();
    this.#parts.sendQueue.abandon(() => reason);
    this.#go("cancelled");
    this.#end(reason, reason);
  }

  /** Ends it with its connection. A reason that is a text becomes an error only where one is due. */
  lose(reason: Error | string): void {
    this.#cut();
    this.#parts.outcome.lose(reason);
    this.#parts.sendQueue.abandon(() => this.#parts.outcome.notSentError(reason));
    this.#go("lost");
    this.#end(reason, this.#parts.outcome.isCut ? this.#parts.outcome.failure : undefined);
  }

  /** Closes this channel alone: what the peer sent on it is wrong, but the connection is sound. */
  reset(error: Error): void {
    if (this.isClosed) return;
    this.#cut();
    this.#parts.sendQueue.closeNow(this.#encode(error), () => error);
    this.#go("closeSent");
    this.#end(error, error);
    if (this.#role === "running") this.#over();
  }

  /** Closes it with what the callback threw. */
  callbackFailed(error: unknown): void {
    const failure = failureOf(error);
    if (this.#role === "running") return this.reset(failure);
    this.#parts.outcome.fail(failure);
    this.close(error ?? failure); // with undefined, it would close without an error
  }

  /** Marks it as cut, if the peer has not ended sending. */
  #cut(): void {
    if (canReceive(this.#state)) this.#parts.outcome.isCut = true;
  }

  #encode(error: unknown): Uint8Array {
    return error === undefined ? NO_ERROR : this.#parts.binding.context.codec.encodeError(error);
  }

  #closeIfBothEnded(): void {
    if (this.#state !== "bothEnded" || this.#role !== "plain") return;
    this.#parts.sendQueue.closeAfterItems(NO_ERROR);
    this.#go("closeSent");
    this.#end("was closed, as both sides have ended it");
  }

  /** The execution has ended, and both sides know, or will: there is no answer to that. */
  #over(): void {
    this.#role = "plain";
    if (this.#state === "closed") return;
    this.#go("over");
    this.#release();
  }

  #go(event: ChannelEvent): void {
    const next = transition(this.#state, event);
    if (next === undefined) {
      const { id } = this.#parts.binding;
      throw new ProtocolError(
        `the peer sent what cannot come on channel ${id}: ${event} while ${this.#state}`,
      );
    }
    this.#state = next;
  }

  /** Ends the receiving half, aborts the signal, and frees the id if both sides are done. */
  #end(reason: Error | string, error?: Error): void {
    const { outcome, reader, received } = this.#parts;
    outcome.end(reason, error);
    reader.drop();
    received.end(error);
    this.#abort?.abort(outcome.receiveError());
    for (const ended of this.#endListeners.splice(0)) ended();
    this.#release();
  }

  #release(): void {
    if (this.#state !== "closed") return;
    const { context, id } = this.#parts.binding;
    context.release(id);
    this.#closed.resolve();
  }
}
