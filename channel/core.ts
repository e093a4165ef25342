/**
 * The inside of a channel: its state, and what each frame and each call does to it.
 *
 * @module
 */

import {
  ExecnetError,
  ProtocolError,
  RemoteError,
  type RemoteErrorInit,
  SerializationError,
  TimeoutError,
} from "../errors.ts";
import type { Hold } from "../internal/keep_alive.ts";
import type { Frame } from "../protocol/frames.ts";
import type { ItemCodec } from "../protocol/items.ts";
import { type Callback, Inbox, type InboxOwner } from "./receive/receive_queue.ts";
import { ItemReader } from "./receive/item_reader.ts";
import { ItemWriter } from "./send/item_writer.ts";
import { SendQueue } from "./send/send_queue.ts";
import { Outcome } from "./outcome.ts";
import { initOf, remoteErrorInit } from "./remote_error.ts";
import type { FrameSink } from "./send/scheduler.ts";
import { canSend, type ChannelEvent, type ChannelState, onItem, transition } from "./state.ts";
import { bounded, type WaitOptions } from "../internal/wait.ts";

/** What makes channels, as seen from one of them: a gateway, or the remote's view of it. */
export interface ChannelOwner {
  /** The gateway's id, such as `gw0`. */
  readonly id: string;
}

/** What a channel needs of its connection. */
export interface CoreContext {
  readonly owner: ChannelOwner;
  readonly codec: ItemCodec;
  readonly scheduler: FrameSink;
  /** Largest item that the peer takes, in bytes. */
  readonly peerMaxItemBytes: number;
  /** Largest item that is taken from the peer. */
  readonly maxItemBytes: number;
  giveCredit(channel: number, bytes: number): void;
  /** Reports bytes that were decoded into memory of their own. */
  itemsDecoded(bytes: number): void;
  /** Returns what this side can add to an error of the peer, by its message. */
  advise(message: string): string | undefined;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
  /** The channel's id is free. */
  release(core: ChannelCore): void;
  /** Where this is no connection yet: puts the channel on one. */
  settle?(): void;
  /** Where this was no connection: the channel has got one, and `id` on it. */
  leave?(to: FrameSink, id: number): void;
}

/** What a channel belongs to. It decides how it closes. */
export type ChannelRole =
  /** Made by `newChannel()`. */
  | "plain"
  /** The initiator's end of an execution. */
  | "execution"
  /** The remote's end of an execution under way: closes when that ends. */
  | "running";

/** Completes what the peer closes with, before anybody sees it. Neither throws nor rejects. */
export type ErrorExplainer = (init: RemoteErrorInit) => RemoteErrorInit | Promise<RemoteErrorInit>;

const NO_ERROR = new Uint8Array();

const EXECUTION_ENDED = "has ended with its execution";
const RETURNED = " (what that returns is not sent; `call` gives it)";

/** What {@linkcode ChannelCore.forward} hands over last. */
export const END_OF_ITEMS: unique symbol = Symbol("end of items");

/** The inside of a {@linkcode Channel}. */
export class ChannelCore implements InboxOwner {
  #id: number;
  #context: CoreContext;
  /** What has come, and who waits for it. */
  readonly inbox: Inbox = new Inbox(this);
  readonly #sendQueue: SendQueue;
  readonly #reader: ItemReader;
  readonly #writer: ItemWriter;
  readonly #outcome: Outcome = new Outcome(this);
  #role: ChannelRole;
  #state: ChannelState = "open";
  #ended: (() => void)[] = [];
  #explain: ErrorExplainer | undefined;
  /** The error of the peer's CLOSE, while it is being completed. */
  #unexplained: Error | undefined;
  #closed = Promise.withResolvers<void>();
  #abort: AbortController | undefined;
  #cutShort: Error | undefined;

  constructor(id: number, role: ChannelRole, context: CoreContext) {
    this.#id = id;
    this.#role = role;
    this.#context = context;
    this.#sendQueue = new SendQueue(id, context.scheduler);
    this.#reader = new ItemReader(id, context, {
      put: (item, cost) => {
        this.#context.itemsDecoded(cost);
        this.inbox.put(item, cost);
      },
      putView: (bytes, cost) => this.inbox.putView(bytes, cost),
      putPiece: (cost) => {
        this.#context.itemsDecoded(cost);
        this.inbox.putPiece(cost);
      },
      reset: (error) => this.reset(error),
    });
    this.#writer = new ItemWriter(context, this.#sendQueue, this);
  }

  /** Its number on its connection; asked for it, a channel without one gets one. */
  get id(): number {
    this.#context.settle?.();
    return this.#id;
  }

  get owner(): ChannelOwner {
    return this.#context.owner;
  }

  get label(): string {
    const name = this.isUnbound ? "a new channel" : `channel ${this.#id}`;
    return `${name} of ${this.owner.id}`;
  }

  /** Whether it has no connection yet. */
  get isUnbound(): boolean {
    return this.#context.settle !== undefined;
  }

  isOn(context: CoreContext): boolean {
    return this.#context === context;
  }

  /** Gives it a connection. */
  bind(id: number, context: CoreContext): void {
    const before = this.#context;
    this.#id = id;
    this.#context = context;
    this.#reader.bind(id, context);
    this.#writer.bind(context);
    this.#sendQueue.bind(id, context.scheduler);
    before.leave?.(context.scheduler, id);
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** Calls `ended` once, when the channel closes or is lost. */
  onEnd(ended: () => void): void {
    if (this.isClosed) ended();
    else this.#ended.push(ended);
  }

  /** The error that it ended with. */
  get failure(): Error | undefined {
    return this.#outcome.failure;
  }

  /** Sets what completes the error that the peer closes with. */
  onError(explain: ErrorExplainer): void {
    this.#explain = explain;
  }

  /** Whether it can neither send nor get anything new. */
  get isClosed(): boolean {
    return this.#state === "closing" || this.#state === "peerClosed" || this.#state === "closed";
  }

  /** Whether nothing will come or go any more. */
  get isSpent(): boolean {
    return this.isClosed && this.inbox.size === 0;
  }

  /** The error that the peer closed with, where nobody has been told of it. */
  get unseenError(): Error | undefined {
    return this.#outcome.isSeen ? undefined : this.inbox.unseenError;
  }

  /** Why this side has closed it, where that is not the one who iterates. */
  get cutShort(): Error | undefined {
    return this.#cutShort;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.isClosed) this.#abort.abort(this.endError());
    }
    return this.#abort.signal;
  }

  /** See {@linkcode ItemWriter.send}. */
  send(item: unknown, signal?: AbortSignal): Promise<void> {
    if (canSend(this.#state)) return this.#writer.send(item, signal);
    return Promise.reject(this.#outcome.sendError());
  }

  /** See {@linkcode ItemWriter.sendOn}; after the close it does nothing. */
  sendOn(received: unknown): Promise<void> | void {
    if (canSend(this.#state)) return this.#writer.sendOn(received);
  }

  /** See {@linkcode ItemWriter.sendBytes}; after the close it does nothing. */
  sendBytes(chunks: readonly Uint8Array[], written: () => void): Promise<void> | void {
    if (canSend(this.#state)) return this.#writer.sendBytes(chunks, written);
  }

  /** Queues what was encoded and checked before, in front of anything that the user sends. */
  sendEncoded(bytes: Uint8Array): void {
    this.#writer.sendEncoded(bytes);
  }

  /** Resolves when all that was sent so far is on its way, or given up. */
  flushed(): Promise<void> {
    return this.#sendQueue.flushed();
  }

  /**
   * Hands what arrives to `call`, one at a time, and {@linkcode END_OF_ITEMS} as the last: as
   * {@linkcode EncodedItem} where the bytes mean the same on another connection.
   *
   * @param to What it is forwarded to, for messages.
   * @throws {SerializationError} when something receives on it.
   */
  forward(call: (received: unknown) => unknown, to: string): void {
    try {
      this.inbox.setCallback({ call, endMarker: { value: END_OF_ITEMS }, isForwarding: true });
    } catch (cause) {
      throw new SerializationError(
        `cannot send ${this.label} on to ${to}: something here receives on it`,
        { cause },
      );
    }
    this.#reader.keepsEncoded = true;
    this.#outcome.isSeen = true; // by whoever it is forwarded to
  }

  /**
   * Hands what arrives to `call`, one at a time, and calls `ended` at last. Unlike a callback of the
   * user, it does not keep the event loop alive.
   */
  consume(call: (item: unknown) => unknown, ended: () => void): void {
    this.#setConsumer({ call: (item) => item === END_OF_ITEMS ? ended() : call(item) });
  }

  /**
   * As {@linkcode ChannelCore.consume}, but bytes are handed over as they come, whatever items they
   * are cut into: as views that are valid during the call. Items that are no bytes are dropped.
   *
   * @param call Does not wait; the peer may send more once {@linkcode ChannelCore.took} is told the
   * `cost`.
   */
  consumeBytes(call: (bytes: Uint8Array, cost: number) => void, ended: () => void): void {
    const take = (item: unknown, cost: number) => {
      if (item === END_OF_ITEMS) ended();
      else if (item instanceof Uint8Array) call(item, cost);
      else this.took(cost);
    };
    this.#setConsumer({ call: take, keepsCost: true });
    this.#reader.givesPieces = true;
  }

  /** What cost as much of the window is not in the way any more. */
  took(cost: number): void {
    this.inbox.took(cost);
  }

  #setConsumer(consumer: Pick<Callback, "call" | "keepsCost">): void {
    const endMarker = { value: END_OF_ITEMS };
    this.inbox.setCallback({ ...consumer, endMarker, isBackground: true });
    this.#outcome.isSeen = true; // by whoever is told of the end
  }

  closeSend(): void {
    if (!canSend(this.#state)) return;
    this.#go("endSent");
    this.#sendQueue.end();
    this.#closeWhenBothEnded();
  }

  /**
   * @param error Tells the peer why; its receive rejects with it.
   * @param why Tells this side why, where that is not the one who waits.
   */
  close(error?: unknown, why?: Error): void {
    if (this.#role === "running") {
      throw new ExecnetError(
        `cannot close the channel of a running execution from inside it: return, or throw, instead`,
      );
    }
    if (this.isClosed) return;
    this.#context.settle?.(); // its peer has to know of it, to answer
    this.#cutShort = why;
    const reason = this.#outcome.reason ?? why ?? "was closed by this side";
    const bytes = error === undefined ? NO_ERROR : this.#context.codec.encodeError(error);
    this.#sendQueue.closeNow(bytes, () => this.#outcome.notSentError(reason));
    this.#go("closeSent");
    this.#end(reason);
  }

  /** The execution of this channel has ended: closes it, after what it sent. */
  finish(error?: unknown): void {
    if (this.#role !== "running" || this.#state === "closed") return;
    this.#role = "plain";
    const bytes = error === undefined ? NO_ERROR : this.#context.codec.encodeError(error);
    if (this.#state === "peerClosed") {
      this.#sendQueue.closeNow(bytes, () => this.#outcome.notSentError(this.#outcome.reason));
    } else {
      this.#sendQueue.closeAfterItems(bytes);
    }
    this.#go("closeSent");
    this.#end(EXECUTION_ENDED);
    this.#sendQueue.flushed().then(() => this.#over());
  }

  async waitClose(options?: WaitOptions): Promise<void> {
    await this.#untilClosed(options);
    this.#outcome.isSeen = true;
    if (this.failure !== undefined) throw this.failure;
  }

  async #untilClosed(options?: WaitOptions): Promise<void> {
    using _hold = this.hold();
    await bounded(this.#whenClosed(), options, () => this.#waitCloseExpired(options?.timeout));
  }

  async #whenClosed(): Promise<void> {
    // An execution that waits for its own end would wait for ever: it waits for the peer's.
    if (this.#role !== "running") await this.#closed.promise;
    await this.inbox.settled;
  }

  #waitCloseExpired(timeout: number | undefined): Error {
    return new TimeoutError(`${this.label} did not close within ${timeout} ms; it stays as it is`);
  }

  /** Whether the peer has closed it, and its error is still being completed. */
  get isPeerClosing(): boolean {
    return this.#unexplained !== undefined;
  }

  /**
   * Receives a piece of an item.
   *
   * @throws {ProtocolError} when it comes after the peer's end, or passes the window.
   */
  receiveItem(frame: Frame & { type: "item" | "part" }): void {
    switch (onItem(this.#state)) {
      case "take":
        return this.#reader.take(frame);
      case "drop":
        return;
      case "violation":
        throw new ProtocolError(`the peer sent an item on channel ${this.id} after its end`);
    }
  }

  /** The peer allows `bytes` more. */
  receiveCredit(bytes: number): void {
    this.#sendQueue.addCredit(bytes);
  }

  /** The peer sends no more items. */
  receiveEnd(): void {
    this.#go("endReceived");
    this.#reader.end();
    this.inbox.end();
    this.#closeWhenBothEnded();
  }

  /** The peer has closed; `bytes` are its error, or none. */
  receiveClose(bytes: Uint8Array): void {
    if (bytes.length === 0) return this.#closedByPeer(undefined);
    const init = remoteErrorInit(this.id, bytes, this.#context);
    if (init instanceof Error) return this.#closedByPeer(init);
    const told = this.#told(init);
    if (!(told instanceof Promise)) return this.#closedByPeer(told);
    this.#unexplained = new RemoteError(init);
    told.then((error) => this.#closeExplained(error));
  }

  /** Asks the execution of this channel to stop, as the peer's close does. */
  cancel(): void {
    if (!this.isClosed) this.#closedByPeer(undefined);
  }

  /** Takes a peer that was ended for what this side's close asked of it as having closed. */
  closeFor(): void {
    this.#closeExplained(this.#unexplained);
    if (this.#state === "closing") this.#closedByPeer(undefined);
  }

  /** The connection is gone. */
  lose(error: Error): void {
    this.#closeExplained(this.#unexplained);
    this.#outcome.lose(error);
    this.#sendQueue.abandon(() => error);
    this.#go("lost");
    this.#end(error, error);
  }

  /** Resets this channel alone: what the peer sent on it is wrong, the connection is sound. */
  reset(error: Error): void {
    if (this.isClosed) return;
    this.#sendQueue.closeNow(this.#context.codec.encodeError(error), () => error);
    this.#go("closeSent");
    this.#end(error, error);
    if (this.#role === "running") this.#over();
  }

  giveCredit(bytes: number): void {
    if (this.#state === "open" || this.#state === "localEnded") {
      this.#reader.allow(bytes);
      this.#context.giveCredit(this.id, bytes);
    }
  }

  hold(): Hold {
    return this.#context.hold();
  }

  endError(): Error {
    // Who waits for more may have written `return` for `send`.
    const isOver = this.#outcome.reason === EXECUTION_ENDED;
    return this.#outcome.receiveError(isOver ? RETURNED : "");
  }

  /** What reads it as a stream wants no more. An execution goes on, and may send. */
  cancelReading(reason: unknown): void {
    if (this.#role !== "running") this.close(reason);
  }

  /** What writes it as a stream has failed; an execution has failed with it. */
  abortWriting(reason: unknown): void {
    if (this.#role !== "running") this.close(reason);
    else if (!this.isClosed) this.finish(failureOf(reason ?? "its writable was aborted"));
  }

  callbackFailed(error: unknown): void {
    const failure = failureOf(error);
    if (this.#role === "running") return this.reset(failure);
    this.#outcome.fail(failure);
    this.close(error ?? failure); // with nothing, it would close without an error
  }

  /** An error that came in an item, told as one that the peer closes with is. Never rejects. */
  remoteError(error: Error): RemoteError | Promise<RemoteError> {
    return this.#told(initOf(error, this.#context));
  }

  #told(init: RemoteErrorInit): RemoteError | Promise<RemoteError> {
    const explained = this.#explain?.(init) ?? init;
    if (!(explained instanceof Promise)) return new RemoteError(explained);
    return this.#completed(explained);
  }

  async #completed(init: Promise<RemoteErrorInit>): Promise<RemoteError> {
    using _hold = this.hold();
    return new RemoteError(await init);
  }

  #closeExplained(error: Error | undefined): void {
    if (this.#unexplained === undefined) return;
    this.#unexplained = undefined;
    this.#closedByPeer(error);
  }

  #closedByPeer(error: Error | undefined): void {
    const wasClosing = this.#state === "closing";
    this.#go("closeReceived");
    if (wasClosing) {
      this.#sendQueue.hurryClose(() => this.#outcome.notSentError(this.#outcome.reason));
      // What ends because of our own closing is no failure.
      if (error !== undefined && error.name !== "ChannelClosedError") this.#outcome.fail(error);
      return this.#end("was closed by both sides");
    }
    const reason = this.#role === "execution" ? EXECUTION_ENDED : "was closed by the peer";
    this.#sendQueue.abandon(() => this.#outcome.notSentError(reason));
    this.#end(reason, error);
    if (this.#role === "execution") this.#over();
    else if (this.#role === "plain") {
      this.#sendQueue.closeNow(NO_ERROR, () => this.#outcome.notSentError(reason));
      this.#go("closeSent");
      this.#settle();
    }
  }

  /** Its execution has ended, and both sides know, or will: there is no answer to that. */
  #over(): void {
    this.#role = "plain";
    if (this.#state === "closed") return;
    this.#go("over");
    this.#settle();
  }

  #closeWhenBothEnded(): void {
    if (this.#state !== "bothEnded" || this.#role !== "plain") return;
    this.#sendQueue.closeAfterItems(NO_ERROR);
    this.#go("closeSent");
    this.#end("was closed, as both sides have ended it");
  }

  #go(event: ChannelEvent): void {
    const next = transition(this.#state, event);
    if (next === undefined) {
      throw new ProtocolError(
        `the peer sent what cannot come on channel ${this.id}: ${event} while ${this.#state}`,
      );
    }
    this.#state = next;
  }

  /** Ends the receiving half, tells the signal, and frees the id where both sides are done. */
  #end(reason: Error | string, error?: Error): void {
    this.#outcome.end(reason, error);
    this.#reader.drop();
    this.inbox.end(error);
    this.#abort?.abort(this.endError());
    for (const ended of this.#ended.splice(0)) ended();
    this.#settle();
  }

  #settle(): void {
    if (this.#state !== "closed") return;
    this.#context.release(this);
    this.#closed.resolve();
  }
}

function failureOf(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new ExecnetError(typeof thrown === "string" ? thrown : Deno.inspect(thrown));
}
