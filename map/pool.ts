/**
 * The workers of a map, and the items that wait for one.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import { ChannelClosedError, GatewayClosedError } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import type { MapGateway, MapHost } from "./host.ts";
import type { MapOptions } from "./options.ts";
import type { Entry } from "./item_state.ts";
import { lossError, noGatewayError } from "./loss.ts";
import { WaitingItems } from "./waiting.ts";
import { type Failures, Worker, type WorkerEvents } from "./worker.ts";

/** The group that a map runs on. */
export interface MapGroup {
  readonly host: MapHost;
  /** Starts a worker. */
  execute(gateway: MapGateway): Channel;
}

/** Receives the events of a {@linkcode WorkerPool}. */
export interface PoolEvents<Item> {
  /** Items were answered; `failures` are by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** An item was lost, and has no retries left. */
  lost(entry: Entry<Item>, error: Error): void;
  /** An item cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** No item can be run any more. */
  failed(error: unknown): void;
  /** The number of workers has changed, or items wait again. */
  changed(): void;
}

/** How many starts without an answer in between are given up; more if there are more workers. */
const MIN_FRUITLESS_STARTS = 4;

/** A number of workers on each gateway of a group. Replaces those that are lost, if asked to. */
export class WorkerPool<Item> {
  readonly waiting: WaitingItems<Item> = new WaitingItems();
  readonly #group: MapGroup;
  readonly #options: MapOptions<Item, never>;
  readonly #events: PoolEvents<Item>;
  readonly #workers = new Set<Worker<Item>>();
  #stopJoining = () => {};
  #lastLoss: Error | undefined;
  /** Gateways that are being started in place of lost ones. */
  #restarting = 0;
  /** Workers and gateways started in place of lost ones since the last answer. */
  #fruitlessStarts = 0;
  #mostWorkers = 0;
  #isEnded = false;

  constructor(group: MapGroup, options: MapOptions<Item, never>, events: PoolEvents<Item>) {
    this.#group = group;
    this.#options = options;
    this.#events = events;
  }

  /** Number of workers. */
  get size(): number {
    return this.#workers.size;
  }

  /** Number of items that the workers would take now. */
  get capacity(): number {
    let capacity = 0;
    for (const worker of this.#workers) capacity += worker.capacity;
    return capacity;
  }

  /** Whether there is no worker, and none is being started. */
  get isExhausted(): boolean {
    return this.#workers.size === 0 && this.#restarting === 0;
  }

  /** Adds workers for all gateways, and for those that join later. */
  begin(): void {
    this.#stopJoining = this.#group.host.onJoin((gateway) => {
      this.#addWorkers(gateway);
      this.#events.changed();
    });
    for (const gateway of this.#group.host.gateways) this.#addWorkers(gateway);
  }

  /** Ends all workers. */
  end(reason?: unknown): void {
    this.#isEnded = true;
    this.#stopJoining();
    for (const worker of this.#workers) worker.close(reason);
    this.#workers.clear();
  }

  /** Assigns the waiting items: to idle workers first, and in equal shares. */
  distribute(): void {
    for (const kind of ["idle", "busy"] as const) {
      const free = Array.from(this.#workers).filter((worker) =>
        (worker.load === 0) === (kind === "idle") && worker.capacity > 0
      );
      for (const [i, worker] of free.entries()) {
        const share = Math.ceil(this.waiting.size / (free.length - i));
        // A busy worker gets the next items soon enough, in a larger message.
        if (kind === "busy" && share < worker.capacity / 2) continue;
        const entries = this.waiting.take(Math.min(worker.capacity, share), kind);
        if (entries.length === 0) return;
        worker.assign(entries);
      }
    }
  }

  /** Returns why nothing can go on, once the pool {@linkcode WorkerPool.isExhausted}. */
  exhaustedError(isAllTaken: boolean): Error {
    const left = this.waiting.drain().map(({ index }) => index);
    return noGatewayError(left, isAllTaken, this.#lastLoss);
  }

  #addWorkers(gateway: MapGateway): void {
    for (let i = 0; i < (this.#options.concurrency ?? 1); i++) this.#addWorker(gateway);
  }

  #addWorker(gateway: MapGateway): void {
    this.#workers.add(
      new Worker(gateway, () => this.#group.execute(gateway), this.#workerEvents),
    );
    this.#mostWorkers = Math.max(this.#mostWorkers, this.#workers.size);
  }

  readonly #workerEvents: WorkerEvents<Item> = {
    answered: (entries, results, failures) => {
      this.#fruitlessStarts = 0;
      this.#events.answered(entries, results, failures);
    },
    returned: (entries) => this.waiting.putBack(entries, "return"),
    refused: (entry, error) => this.#events.refused(entry, error),
    lost: (worker, entries, error) => this.#lost(worker, entries, error),
  };

  #lost(worker: Worker<Item>, entries: Entry<Item>[], error: Error): void {
    this.#workers.delete(worker);
    if (this.#isEnded) return;
    if (!(error instanceof GatewayClosedError || error instanceof ChannelClosedError)) {
      return this.#events.failed(error); // it could not even begin, so no other worker can
    }
    this.#lastLoss = error;
    const { gateway } = worker;
    const { retries = 0, isolate = false } = this.#options;
    for (const entry of entries) entry.losses++;
    const again = entries.filter(({ losses }) => losses <= retries);
    if (worker.hasBegun && !this.#report(gateway, error, entries, again.length)) return;
    this.waiting.putBack(again, "retry");
    for (const entry of entries) {
      if (entry.losses > retries) {
        this.#events.lost(entry, lossError(entry, gateway, error, retries));
      }
    }
    this.#replace(worker, isolate && worker.hasBegun ? "worker" : "gateway");
    this.#events.changed();
  }

  /** Calls `onLoss`. Returns false if that has thrown, which ends the map. */
  #report(gateway: MapGateway, error: Error, entries: Entry<Item>[], retried: number): boolean {
    try {
      const items = entries.map(({ item }) => item);
      this.#options.onLoss?.({ gateway, error, items, retried });
      return true;
    } catch (thrown) {
      this.#events.failed(thrown);
      return false;
    }
  }

  #replace({ gateway }: Worker<Item>, lost: "worker" | "gateway"): void {
    if (lost === "gateway") this.#forget(gateway);
    if (this.#fruitlessStarts++ >= Math.max(MIN_FRUITLESS_STARTS, this.#mostWorkers)) return;
    if (lost === "worker") this.#addWorker(gateway);
    else if (this.#options.respawn) this.#restart(gateway);
  }

  /** Removes the workers of a lost gateway that have not begun, and so do not learn of the loss. */
  #forget(gateway: MapGateway): void {
    for (const worker of this.#workers) {
      if (worker.gateway === gateway && !worker.hasBegun) this.#workers.delete(worker);
    }
  }

  /** Starts another gateway, once the last worker of the lost one is gone. */
  async #restart(gateway: MapGateway): Promise<void> {
    for (const worker of this.#workers) if (worker.gateway === gateway) return;
    this.#restarting++;
    try {
      await this.#group.host.restart(gateway);
    } catch (error) {
      this.#lastLoss = toError(error);
    }
    this.#restarting--;
    this.#events.changed();
  }
}
