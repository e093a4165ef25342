/**
 * A worker of a map: it runs items, one at a time, for as long as there are any.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { ProtocolError, SerializationError, TimeoutError } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import { type MapAnswer, readMapAnswer } from "../protocol/map_answer.ts";
import type { MapBatch } from "../protocol/map_request.ts";
import type { MapExecution } from "./execution.ts";
import type { Entry } from "./item_state.ts";
import { Pacer } from "./pacer.ts";
import { SentItems } from "./sent_items.ts";

/** Makes the errors of items, by index: completing one may take a look into the user's files. */
export type Failures = ReadonlyMap<number, () => Error | Promise<Error>>;

/** Receives the events of a {@linkcode Worker}, and decides how it works. */
export interface WorkerEvents<Item> {
  /** Whether the next items are to be answered one by one; see {@linkcode MapBatch.singly}. */
  isCareful(worker: Worker<Item>): boolean;
  /** Resolves when it may receive more results; undefined if it may now. */
  room(worker: Worker<Item>): Promise<void> | undefined;
  /** Items were answered; `failures` are by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** An item has used up its time. It may still be running there. */
  late(worker: Worker<Item>, entry: Entry<Item>, error: TimeoutError): void;
  /** The worker has not begun these items, and will not. */
  returned(entries: Entry<Item>[]): void;
  /** An item cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** Its execution is gone, and not because the map has ended it. */
  lost(execution: MapExecution, error: Error): void;
}

/**
 * Time that the far side has to report an item that has used up its time. If it does not, it is in a
 * busy loop.
 */
const OVERDUE_MS = 500;

/** A worker of a map. Its execution starts with its first items. */
export class Worker<Item> {
  readonly execution: MapExecution;
  readonly #lane: number;
  readonly #events: WorkerEvents<Item>;
  readonly #pacer: Pacer;
  readonly #sent = new SentItems<Item>();
  readonly #unsent: Entry<Item>[][] = [];
  #unsentCount = 0;
  #channel: Channel | undefined;
  #count = 0;
  /** The index of the last item that it got. */
  #last = -1;
  #isAlone = false;
  #isSending = false;
  #isReceiving = false;
  #isClosed = false;
  #overdue: Timer | undefined;
  /** Whether it is in an item that was given up, and whose answer counts no more. */
  #isStuck = false;

  /** @param lane Its number in the execution. */
  constructor(execution: MapExecution, lane: number, events: WorkerEvents<Item>) {
    this.execution = execution;
    this.#lane = lane;
    this.#events = events;
    this.#pacer = new Pacer(execution.itemTimeout === undefined);
  }

  /** Number of items that it has. */
  get load(): number {
    return this.#sent.size + this.#unsentCount;
  }

  /** Whether its item was lost before: nothing else runs beside it. */
  get isAlone(): boolean {
    return this.#isAlone && this.load > 0;
  }

  /** Number of items that it has got so far. */
  get count(): number {
    return this.#count;
  }

  /** The index of the item that it answers next; undefined if it is idle. */
  get first(): number | undefined {
    return (this.#sent.first ?? this.#unsent[0]?.[0])?.index;
  }

  /** The index of the last item that it has; undefined if it is idle. */
  get last(): number | undefined {
    return this.load === 0 ? undefined : this.#last;
  }

  /** Number of items that it would take now; 0 rather than a few, which are not worth a message. */
  get capacity(): number {
    if (this.#isClosed || this.#isStuck || this.isAlone) return 0;
    return this.#pacer.room(this.load);
  }

  /** Sends items to it, at most as many as its {@linkcode Worker.capacity}. */
  assign(entries: Entry<Item>[]): void {
    const count = entries.length;
    this.#pacer.sent(count, this.load);
    const isSentSingly = this.#events.isCareful(this);
    for (const entry of entries) {
      entry.go("assign");
      entry.isSentSingly = isSentSingly;
    }
    this.#count += count;
    this.#last = entries[count - 1].index;
    this.#isAlone = entries[0].losses > 0;
    this.#unsent.push(entries);
    this.#unsentCount += count;
    try {
      this.#channel ??= this.#open();
    } catch (error) {
      return this.#lose(toError(error));
    }
    if (!this.#isSending) this.#send(this.#channel);
    if (!this.#isReceiving) this.#receive(this.#channel);
  }

  /**
   * Ends it without further events.
   *
   * @returns The items that it had: those that it may have begun, and those that it has not.
   */
  close(): { begun: Entry<Item>[]; unbegun: Entry<Item>[] } {
    this.#isClosed = true;
    clearTimer(this.#overdue);
    const { begun, unbegun } = this.#sent.split();
    return { begun, unbegun: unbegun.concat(this.#unsent.flat()) };
  }

  #open(): Channel {
    const channel = this.execution.channel(this.#lane);
    // While it is idle nothing receives on the channel, so this alone reports its end.
    channel.signal.addEventListener("abort", () => {
      if (!this.#isReceiving) this.#lose(toError(channel.signal.reason));
    });
    return channel;
  }

  /** Sends one batch after the other, so that the items of each message are known. */
  async #send(channel: Channel): Promise<void> {
    this.#isSending = true;
    for (let batch = this.#unsent.shift(); batch !== undefined; batch = this.#unsent.shift()) {
      this.#unsentCount -= batch.length;
      this.#sent.add(batch);
      const [{ index: at, isSentSingly: singly }] = batch;
      const message: MapBatch = { items: batch.map(({ item }) => item), at, singly };
      try {
        await channel.send(message);
      } catch (error) {
        if (!(error instanceof SerializationError)) break; // #receive reports the end
        this.#sent.undo(batch.length);
        this.#sendSingly(batch, error);
      }
    }
    this.#isSending = false;
  }

  /** Sends the items of a batch one by one: one of them cannot be sent, and only that is to fail. */
  #sendSingly(batch: Entry<Item>[], error: SerializationError): void {
    const [entry] = batch;
    if (batch.length === 1) {
      error.message = error.message.replace("item.items[0]", "item");
      return this.#events.refused(entry, error);
    }
    this.#unsent.unshift(...batch.map((entry) => [entry]));
    this.#unsentCount += batch.length;
  }

  async #receive(channel: Channel): Promise<void> {
    this.#isReceiving = true;
    try {
      while (this.load > 0 || this.#isStuck) {
        const room = this.#events.room(this);
        if (room !== undefined) await room;
        this.#answered(readMapAnswer(await channel.receive()));
      }
      this.#isReceiving = false;
    } catch (error) {
      if (error instanceof ProtocolError) channel.close();
      this.#lose(toError(error));
    }
  }

  /** @throws {ProtocolError} if it answers an item that it does not have. */
  #answered({ ms, results, failures, back, begun, late }: MapAnswer): void {
    if (this.#isClosed) return;
    clearTimer(this.#overdue);
    if (begun) return this.#limit();
    if (this.#isStuck) {
      this.#isStuck = false; // it goes on, from the item that was given up
      return this.#events.answered([], [], new Map());
    }
    const entries = this.#sent.answered(results.length);
    const returned = back === undefined ? [] : this.#sent.givenBack(...back);
    if (entries.length > 0) this.#pacer.answered(entries.length, ms);
    if (returned.length > 0) {
      this.#pacer.reset();
      this.#events.returned(returned);
    }
    if (late && entries.length > 0) return this.#tooLate(entries[0]);
    this.#events.answered(entries, results, this.#failuresOf(failures));
  }

  /** Its item has begun, and has a time limit: in a busy loop the far side cannot keep it. */
  #limit(): void {
    const { itemTimeout = Infinity } = this.execution;
    this.#overdue = setTimeout(() => {
      const entry = this.#sent.giveUpFirst();
      if (entry === undefined) return;
      this.#isStuck = true;
      this.#tooLate(entry);
    }, itemTimeout + OVERDUE_MS);
  }

  #tooLate(entry: Entry<Item>): void {
    const error = new TimeoutError(
      `the item at index ${entry.index} took longer than ${this.execution.itemTimeout} ms on gateway ` +
        `${this.execution.gateway.id}, and was cancelled`,
    );
    this.#events.late(this, entry, error);
  }

  #lose(error: Error): void {
    if (!this.#isClosed) this.#events.lost(this.execution, error);
  }

  /** Returns the errors of an answer, completed as those that close a channel are. */
  #failuresOf(errors: MapAnswer["failures"]): Failures {
    return new Map(Array.from(
      errors ?? [],
      ([index, error]) => [index, () => this.execution.remoteError(error)] as const,
    ));
  }
}
