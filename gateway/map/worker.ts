/**
 * One execution that runs the items of a map, one at a time, for as long as there are any.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";
import { ProtocolError, SerializationError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import { type MapAnswer, readMapAnswer } from "../../protocol/map_answer.ts";
import type { Gateway } from "../gateway.ts";
import type { Entry } from "./item_state.ts";
import { FIRST_PACE, nextPace, type Pace } from "./pace.ts";

/** Errors of the far side, as they are to be told: that may take a look into the user's files. */
export type Failures = ReadonlyMap<number, () => Error | Promise<Error>>;

/** What a worker tells of its items. */
export interface WorkerEvents<Item> {
  /** Results; `failures` by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** These have not begun, and will not here. */
  givenBack(entries: Entry<Item>[]): void;
  /** This cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** It is gone, with these in hand; they may have run. */
  lost(worker: Worker<Item>, entries: Entry<Item>[], error: Error): void;
}

/** A batch that met an idle worker: what it takes from leaving to the last answer. */
interface Probe {
  /** Items until its last. */
  left: number;
  readonly count: number;
  readonly leftAt: number;
  workMs: number;
}

/** A worker of a map: started by its first items. */
export class Worker<Item> {
  readonly gateway: Gateway;
  readonly #start: () => Channel;
  readonly #events: WorkerEvents<Item>;
  /** What was sent and has no answer yet, by its place in the stream of items. */
  readonly #hand = new Map<number, Entry<Item>>();
  readonly #unsent: Entry<Item>[][] = [];
  #unsentCount = 0;
  #channel: Channel | undefined;
  #pace: Pace = FIRST_PACE;
  /** Items sent. */
  #sent = 0;
  /** The place of the next that can be answered. */
  #next = 0;
  #probe: Probe | undefined;
  /** What it has was lost before: nothing is added to it. */
  #isSuspect = false;
  #sending = false;
  #receiving = false;
  #closed = false;

  constructor(gateway: Gateway, start: () => Channel, events: WorkerEvents<Item>) {
    this.gateway = gateway;
    this.#start = start;
    this.#events = events;
  }

  /** Whether it was started. */
  get hasBegun(): boolean {
    return this.#channel !== undefined;
  }

  /** How many items it has. */
  get inHand(): number {
    return this.#hand.size + this.#unsentCount;
  }

  /** How many items it would take now. A little room is not worth a message. */
  get room(): number {
    if (this.#closed || (this.inHand > 0 && this.#isSuspect)) return 0;
    const { batch, depth } = this.#pace;
    const room = Math.min(batch, batch * depth - this.inHand);
    return this.inHand > 0 && room < batch / 2 ? 0 : room;
  }

  /** Takes items, as many as there is {@linkcode Worker.room} at most. */
  hand(entries: Entry<Item>[]): void {
    this.#probe = this.inHand > 0 ? undefined : {
      left: entries.length,
      count: entries.length,
      leftAt: performance.now(),
      workMs: 0,
    };
    for (const entry of entries) entry.go("hand");
    this.#isSuspect = entries[0].losses > 0;
    this.#unsent.push(entries);
    this.#unsentCount += entries.length;
    try {
      this.#channel ??= this.#open();
    } catch (error) {
      return this.#lose(toError(error));
    }
    if (!this.#sending) this.#send(this.#channel);
    if (!this.#receiving) this.#receive(this.#channel);
  }

  /** Ends it; nothing more is told of it. */
  close(reason?: unknown): void {
    this.#closed = true;
    this.#channel?.close(reason);
  }

  #open(): Channel {
    const channel = this.#start();
    // While it has nothing to do, nobody waits for it: its end is told in this way alone.
    channel.signal.addEventListener("abort", () => {
      if (!this.#receiving) this.#lose(toError(channel.signal.reason));
    });
    return channel;
  }

  /** One message after the other: so it is known of each which items it brought. */
  async #send(channel: Channel): Promise<void> {
    this.#sending = true;
    for (let batch = this.#unsent.shift(); batch !== undefined; batch = this.#unsent.shift()) {
      const first = this.#sent;
      this.#unsentCount -= batch.length;
      for (const entry of batch) this.#hand.set(this.#sent++, entry);
      try {
        await channel.send(batch.map(({ item }) => item));
      } catch (error) {
        if (!(error instanceof SerializationError)) break; // its end is told where it receives
        for (let place = first; place < this.#sent; place++) this.#hand.delete(place);
        this.#sent = first;
        this.#sendSingly(batch, error);
      }
    }
    this.#sending = false;
  }

  /** One of them cannot travel: that is its own failure, and no other's. */
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
    this.#receiving = true;
    try {
      while (this.inHand > 0) {
        this.#take(readMapAnswer(await channel.receive()), channel);
      }
      this.#receiving = false;
    } catch (error) {
      if (error instanceof ProtocolError) channel.close();
      this.#lose(toError(error));
    }
  }

  /** @throws {ProtocolError} when it answers what it was not given. */
  #take({ ms, results, failures, back }: MapAnswer, channel: Channel): void {
    if (this.#closed) return;
    const entries: Entry<Item>[] = [];
    for (let i = 0; i < results.length; i++) {
      while (!this.#hand.has(this.#next) && this.#next < this.#sent) this.#next++;
      entries.push(this.#takeAt(this.#next++));
    }
    const returned: Entry<Item>[] = [];
    if (back !== undefined) {
      for (let place = back[0]; place < back[1]; place++) returned.push(this.#takeAt(place));
    }
    if (entries.length > 0) this.#measure(entries.length, ms);
    if (returned.length > 0) {
      this.#pace = FIRST_PACE;
      this.#events.givenBack(returned);
    }
    const told = Array.from(
      failures ?? [],
      ([index, error]) => [index, () => coreOf(channel)?.remoteError(error) ?? error] as const,
    );
    this.#events.answered(entries, results, new Map(told));
  }

  #takeAt(place: number): Entry<Item> {
    const entry = this.#hand.get(place);
    if (entry === undefined) {
      throw new ProtocolError(`a worker of a map on gateway ${this.gateway.id} answered twice`);
    }
    this.#hand.delete(place);
    return entry;
  }

  #measure(count: number, workMs: number): void {
    const probe = this.#probe;
    if (probe === undefined) {
      this.#pace = nextPace(this.#pace, { count, workMs });
      return;
    }
    probe.left -= count;
    probe.workMs += workMs;
    if (probe.left > 0) return;
    this.#probe = undefined;
    const tripMs = performance.now() - probe.leftAt;
    this.#pace = nextPace(this.#pace, { count: probe.count, workMs: probe.workMs, tripMs });
  }

  #lose(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    const unsent = this.#unsent.splice(0).flat();
    if (unsent.length > 0) this.#events.givenBack(unsent);
    this.#events.lost(this, [...this.#hand.values()], error);
  }
}
