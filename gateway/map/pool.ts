/**
 * The workers of a map, and the items that wait for one.
 *
 * @module
 */

import type { Channel } from "../../channel/channel.ts";
import { ChannelClosedError, GatewayClosedError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import type { Gateway } from "../gateway.ts";
import type { Entry } from "./item_state.ts";
import { abandonedError, lossError } from "./loss.ts";
import type { MapOptions } from "../map_options.ts";
import { WaitingItems } from "./waiting.ts";
import { type Failures, Worker, type WorkerEvents } from "./worker.ts";

/** The group that a map runs on. */
export interface MapGroup {
  /** The gateways that are up now. */
  readonly gateways: Iterable<Gateway>;
  readonly starter: GatewayStarter;
  /** Starts a worker. */
  execute(gateway: Gateway): Channel;
}

/** Starts the gateways of a group. */
export interface GatewayStarter {
  /** Calls `joined` for each gateway that comes up, until the returned function is called. */
  onJoin(joined: (gateway: Gateway) => void): () => void;
  /** Starts another gateway in place of one that has ended, or is about to. */
  restart(lost: Gateway): Promise<Gateway>;
}

/** What a crew tells of its items. */
export interface CrewEvents<Item> {
  /** Results; `failures` by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** It was lost as often as it may be. */
  lost(entry: Entry<Item>, error: Error): void;
  /** It cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** Nothing can be run any more. */
  failed(error: unknown): void;
  /** There are more or fewer workers, or items wait again. */
  changed(): void;
}

/**
 * What is started for what is lost, without an answer in between, before it is given up; more where
 * there are more workers.
 */
const MIN_FRUITLESS = 4;

/** Some workers on each gateway of a group; those that are lost are replaced, where that is asked for. */
export class Crew<Item> {
  readonly waiting: WaitingItems<Item> = new WaitingItems();
  readonly #group: MapGroup;
  readonly #options: MapOptions<Item, never>;
  readonly #events: CrewEvents<Item>;
  readonly #workers = new Set<Worker<Item>>();
  #stopJoining = () => {};
  #lastLoss: Error | undefined;
  #replacing = 0;
  /** Workers and gateways started for lost ones since the last answer. */
  #fruitless = 0;
  #mostWorkers = 0;
  #ended = false;

  constructor(group: MapGroup, options: MapOptions<Item, never>, events: CrewEvents<Item>) {
    this.#group = group;
    this.#options = options;
    this.#events = events;
  }

  /** How many workers there are. */
  get size(): number {
    return this.#workers.size;
  }

  /** How many items they would take now. */
  get room(): number {
    let room = 0;
    for (const worker of this.#workers) room += worker.room;
    return room;
  }

  /** Whether there is no worker, and none to come. */
  get isGone(): boolean {
    return this.#workers.size === 0 && this.#replacing === 0;
  }

  /** Takes all gateways in, and those that join later. */
  begin(): void {
    this.#stopJoining = this.#group.starter.onJoin((gateway) => {
      this.#join(gateway);
      this.#events.changed();
    });
    for (const gateway of this.#group.gateways) this.#join(gateway);
  }

  /** Ends all. */
  end(reason?: unknown): void {
    this.#ended = true;
    this.#stopJoining();
    for (const worker of this.#workers) worker.close(reason);
    this.#workers.clear();
  }

  /** Gives the waiting items out: first to those that have nothing to do, and to each its share. */
  handOut(): void {
    for (const isIdle of [true, false]) {
      const free = Array.from(this.#workers).filter((worker) =>
        (worker.inHand === 0) === isIdle && worker.room > 0
      );
      for (const [i, worker] of free.entries()) {
        const share = Math.ceil(this.waiting.size / (free.length - i));
        // One that is busy has the next soon enough in a larger message.
        if (!isIdle && share < worker.room / 2) continue;
        const entries = this.waiting.take(Math.min(worker.room, share), isIdle);
        if (entries.length === 0) return;
        worker.hand(entries);
      }
    }
  }

  /** Why nothing can go on, once it {@linkcode Crew.isGone}. */
  abandoned(isAllTaken: boolean): Error {
    const left = this.waiting.drain().map(({ index }) => index);
    return abandonedError(left, isAllTaken, this.#lastLoss);
  }

  #join(gateway: Gateway): void {
    for (let i = 0; i < (this.#options.concurrency ?? 1); i++) this.#addWorker(gateway);
  }

  #addWorker(gateway: Gateway): void {
    this.#workers.add(
      new Worker(gateway, () => this.#group.execute(gateway), this.#workerEvents),
    );
    this.#mostWorkers = Math.max(this.#mostWorkers, this.#workers.size);
  }

  readonly #workerEvents: WorkerEvents<Item> = {
    answered: (entries, results, failures) => {
      this.#fruitless = 0;
      this.#events.answered(entries, results, failures);
    },
    givenBack: (entries) => this.waiting.putBack(entries, "giveBack"),
    refused: (entry, error) => this.#events.refused(entry, error),
    lost: (worker, entries, error) => this.#lost(worker, entries, error),
  };

  #lost(worker: Worker<Item>, entries: Entry<Item>[], error: Error): void {
    this.#workers.delete(worker);
    if (this.#ended) return;
    if (!(error instanceof GatewayClosedError || error instanceof ChannelClosedError)) {
      return this.#events.failed(error); // it could not even begin: no other will fare better
    }
    this.#lastLoss = error;
    const { gateway } = worker;
    const { retries = 0, isolate = false, respawn = false } = this.#options;
    for (const entry of entries) entry.losses++;
    const again = entries.filter(({ losses }) => losses <= retries);
    if (worker.hasBegun && !this.#report(gateway, error, entries, again.length)) return;
    this.waiting.putBack(again, "loseAndRetry");
    for (const entry of entries) {
      if (entry.losses > retries) {
        this.#events.lost(entry, lossError(entry, gateway, error, retries));
      }
    }
    const isGatewayLost = !isolate || !worker.hasBegun;
    if (isGatewayLost) this.#forget(gateway);
    if (this.#fruitless++ < Math.max(MIN_FRUITLESS, this.#mostWorkers)) {
      if (!isGatewayLost) this.#addWorker(gateway);
      else if (respawn) this.#replace(gateway);
    }
    this.#events.changed();
  }

  #report(gateway: Gateway, error: Error, entries: Entry<Item>[], retried: number): boolean {
    try {
      const items = entries.map(({ item }) => item);
      this.#options.onLoss?.({ gateway, error, items, retried });
      return true;
    } catch (thrown) {
      this.#events.failed(thrown);
      return false;
    }
  }

  /** Its workers that have not begun will not. */
  #forget(gateway: Gateway): void {
    for (const worker of this.#workers) {
      if (worker.gateway === gateway && !worker.hasBegun) this.#workers.delete(worker);
    }
  }

  async #replace(gateway: Gateway): Promise<void> {
    for (const worker of this.#workers) if (worker.gateway === gateway) return;
    this.#replacing++;
    try {
      await this.#group.starter.restart(gateway);
    } catch (error) {
      this.#lastLoss = toError(error);
    }
    this.#replacing--;
    this.#events.changed();
  }
}
