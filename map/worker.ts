/**
 * A worker of a map: one execution that runs items, one at a time, for as long as there are any.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { ProtocolError, SerializationError } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { type MapAnswer, readMapAnswer } from "../protocol/map_answer.ts";
import type { MapGateway } from "./host.ts";
import type { Entry } from "./item_state.ts";
import { FIRST_PACE, nextPace, type Pace } from "./pace.ts";

/** Makes the errors of items, by index: completing one may take a look into the user's files. */
export type Failures = ReadonlyMap<number, () => Error | Promise<Error>>;

/** Receives the events of a {@linkcode Worker}. */
export interface WorkerEvents<Item> {
  /** Items were answered; `failures` are by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** The worker has not begun these items, and will not. */
  returned(entries: Entry<Item>[]): void;
  /** An item cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** The worker is gone with these items, which it may have run. */
  lost(worker: Worker<Item>, entries: Entry<Item>[], error: Error): void;
}

/** Measures a batch that was sent to an idle worker, from its sending to its last answer. */
interface Probe {
  readonly count: number;
  readonly sentAt: number;
  /** Items without an answer. */
  unanswered: number;
  workMs: number;
}

/** A worker of a map. Its execution starts with its first items. */
export class Worker<Item> {
  readonly gateway: MapGateway;
  readonly #start: () => Channel;
  readonly #events: WorkerEvents<Item>;
  /** Items that were sent and have no answer, by their position among all that were sent. */
  readonly #sent = new Map<number, Entry<Item>>();
  readonly #unsent: Entry<Item>[][] = [];
  #unsentCount = 0;
  #channel: Channel | undefined;
  #pace: Pace = FIRST_PACE;
  /** Number of items that were sent. */
  #sentCount = 0;
  /** Position of the next item that can be answered. */
  #nextAnswer = 0;
  #probe: Probe | undefined;
  /** Its item was lost before, so it gets no other. */
  #isSuspect = false;
  #isSending = false;
  #isReceiving = false;
  #isClosed = false;

  constructor(gateway: MapGateway, start: () => Channel, events: WorkerEvents<Item>) {
    this.gateway = gateway;
    this.#start = start;
    this.#events = events;
  }

  /** Whether its execution was started. */
  get hasBegun(): boolean {
    return this.#channel !== undefined;
  }

  /** Number of items that it has. */
  get load(): number {
    return this.#sent.size + this.#unsentCount;
  }

  /** Number of items that it would take now; 0 rather than a few, which are not worth a message. */
  get capacity(): number {
    if (this.#isClosed || (this.load > 0 && this.#isSuspect)) return 0;
    const { batch, depth } = this.#pace;
    const free = Math.min(batch, batch * depth - this.load);
    return this.load > 0 && free < batch / 2 ? 0 : free;
  }

  /** Sends items to it, at most as many as its {@linkcode Worker.capacity}. */
  assign(entries: Entry<Item>[]): void {
    const count = entries.length;
    this.#probe = this.load > 0
      ? undefined
      : { count, sentAt: performance.now(), unanswered: count, workMs: 0 };
    for (const entry of entries) entry.go("assign");
    this.#isSuspect = entries[0].losses > 0;
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

  /** Ends it, without further events. */
  close(reason?: unknown): void {
    this.#isClosed = true;
    this.#channel?.close(reason);
  }

  #open(): Channel {
    const channel = this.#start();
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
      const first = this.#sentCount;
      this.#unsentCount -= batch.length;
      for (const entry of batch) this.#sent.set(this.#sentCount++, entry);
      try {
        await channel.send(batch.map(({ item }) => item));
      } catch (error) {
        if (!(error instanceof SerializationError)) break; // #receive reports the end
        for (let position = first; position < this.#sentCount; position++) {
          this.#sent.delete(position);
        }
        this.#sentCount = first;
        this.#sendSingly(batch, error);
      }
    }
    this.#isSending = false;
  }

  /** Sends the items of a batch one by one: one of them cannot be sent, and only that is to fail. */
  #sendSingly(batch: Entry<Item>[], error: SerializationError): void {
    const [entry] = batch;
    if (batch.length === 1) {
      error.message = error.message.replace("item[0]", "item");
      return this.#events.refused(entry, error);
    }
    this.#unsent.unshift(...batch.map((entry) => [entry]));
    this.#unsentCount += batch.length;
  }

  async #receive(channel: Channel): Promise<void> {
    this.#isReceiving = true;
    try {
      while (this.load > 0) this.#answered(readMapAnswer(await channel.receive()), channel);
      this.#isReceiving = false;
    } catch (error) {
      if (error instanceof ProtocolError) channel.close();
      this.#lose(toError(error));
    }
  }

  /** @throws {ProtocolError} if it answers an item that it does not have. */
  #answered({ ms, results, failures, back }: MapAnswer, channel: Channel): void {
    if (this.#isClosed) return;
    const entries: Entry<Item>[] = [];
    for (let i = 0; i < results.length; i++) {
      while (!this.#sent.has(this.#nextAnswer) && this.#nextAnswer < this.#sentCount) {
        this.#nextAnswer++;
      }
      entries.push(this.#remove(this.#nextAnswer++));
    }
    const returned: Entry<Item>[] = [];
    if (back !== undefined) {
      for (let position = back[0]; position < back[1]; position++) {
        returned.push(this.#remove(position));
      }
    }
    if (entries.length > 0) this.#measure(entries.length, ms);
    if (returned.length > 0) {
      this.#pace = FIRST_PACE;
      this.#events.returned(returned);
    }
    this.#events.answered(entries, results, failuresOf(failures, channel));
  }

  #remove(position: number): Entry<Item> {
    const entry = this.#sent.get(position);
    if (entry === undefined) {
      throw new ProtocolError(`a worker of a map on gateway ${this.gateway.id} answered twice`);
    }
    this.#sent.delete(position);
    return entry;
  }

  #measure(count: number, workMs: number): void {
    const probe = this.#probe;
    if (probe === undefined) {
      this.#pace = nextPace(this.#pace, { count, workMs });
      return;
    }
    probe.unanswered -= count;
    probe.workMs += workMs;
    if (probe.unanswered > 0) return;
    this.#probe = undefined;
    const tripMs = performance.now() - probe.sentAt;
    this.#pace = nextPace(this.#pace, { count: probe.count, workMs: probe.workMs, tripMs });
  }

  #lose(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const unsent = this.#unsent.splice(0).flat();
    if (unsent.length > 0) this.#events.returned(unsent);
    this.#events.lost(this, [...this.#sent.values()], error);
  }
}

/** Returns the errors of an answer, completed as those that close a channel are. */
function failuresOf(errors: MapAnswer["failures"], channel: Channel): Failures {
  return new Map(Array.from(
    errors ?? [],
    ([index, error]) => [index, () => coreOf(channel).remoteError(error)] as const,
  ));
}
