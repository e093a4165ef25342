/**
 * The workers of a map, and the items that wait for one.
 *
 * @module
 */

import { ChannelClosedError, GatewayClosedError } from "../errors.ts";
import { toError } from "../internal/errors.ts";
import { distribute } from "./distribute.ts";
import { MapExecution, type MapTask } from "./execution.ts";
import type { MapGateway, MapHost } from "./host.ts";
import type { Entry } from "./item_state.ts";
import { lossError } from "./loss.ts";
import { Losses } from "./losses.ts";
import type { MapOptions } from "./options.ts";
import { WaitingItems } from "./waiting.ts";
import { type Failures, Worker, type WorkerEvents } from "./worker.ts";

/** Receives the events of a {@linkcode WorkerPool}. */
export interface PoolEvents<Item> {
  /** Whether no more results are to be received, except for the one that the consumer waits for. */
  isFull(): boolean;
  /** The index of the item whose result the consumer waits for, if only one will do. */
  head(): number | undefined;
  /** Items were answered; `failures` are by their index in `results`. */
  answered(entries: Entry<Item>[], results: unknown[], failures: Failures): void;
  /** An item was lost, and has no retries left. */
  lost(entry: Entry<Item>, error: Error): void;
  /** An item has used up its time. */
  timedOut(entry: Entry<Item>, error: Error): void;
  /** An item cannot be sent. */
  refused(entry: Entry<Item>, error: Error): void;
  /** No item can be run any more. */
  failed(error: unknown): void;
  /** The number of workers has changed, or items wait again. */
  changed(): void;
}

/** The first items of each worker are sent with care: what ends its process mostly does so early. */
const CAREFUL_ITEMS = 64;

/** A number of workers on each gateway of a group. Replaces those that are lost, if asked to. */
export class WorkerPool<Item> {
  readonly waiting: WaitingItems<Item> = new WaitingItems();
  readonly #host: MapHost;
  readonly #task: MapTask;
  readonly #options: MapOptions<Item, never>;
  readonly #events: PoolEvents<Item>;
  readonly #losses: Losses<Item>;
  readonly #executions = new Map<MapExecution, readonly Worker<Item>[]>();
  readonly #workers = new Set<Worker<Item>>();
  /** Workers that may not receive for now. */
  readonly #paused = new Map<Worker<Item>, () => void>();
  #stopJoining = () => {};
  /** Gateways that are being started in place of lost ones. */
  #restarting = 0;
  #isEnded = false;

  constructor(
    host: MapHost,
    task: MapTask,
    options: MapOptions<Item, never>,
    events: PoolEvents<Item>,
  ) {
    this.#host = host;
    this.#task = task;
    this.#options = options;
    this.#events = events;
    this.#losses = new Losses(options);
  }

  /** Number of workers. */
  get size(): number {
    return this.#workers.size;
  }

  /** Number of items that the workers have. */
  get load(): number {
    let load = 0;
    for (const worker of this.#workers) load += worker.load;
    return load;
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
    this.#stopJoining = this.#host.onJoin((gateway) => {
      this.#addWorkers(gateway);
      this.#events.changed();
    });
    for (const gateway of this.#host.gateways) this.#addWorkers(gateway);
  }

  /** Ends all workers. */
  end(reason?: unknown): void {
    this.#isEnded = true;
    this.#stopJoining();
    for (const execution of [...this.#executions.keys()]) this.#remove(execution, reason);
  }

  /** Assigns the waiting items. */
  distribute(): void {
    distribute(this.#executions, this.waiting, this.#losses.hasLostItems);
  }

  /** Lets workers receive again, as far as there is room. */
  resume(): void {
    for (const [worker, go] of this.#paused) {
      if (this.#mustPause(worker)) continue;
      this.#paused.delete(worker);
      go();
    }
  }

  /** Returns why nothing can go on, once the pool {@linkcode WorkerPool.isExhausted}. */
  exhaustedError(isAllTaken: boolean): Error {
    const left = this.waiting.drain().map(({ index }) => index);
    return this.#losses.exhausted(left, isAllTaken);
  }

  readonly #workerEvents: WorkerEvents<Item> = {
    isCareful: (worker) => this.#isCareful(worker),
    room: (worker) => {
      if (!this.#mustPause(worker)) return undefined;
      return new Promise((go) => this.#paused.set(worker, go));
    },
    answered: (entries, results, failures) => {
      this.#losses.progressed();
      this.#events.answered(entries, results, failures);
    },
    late: (worker, entry, error) => {
      if (this.#options.isolate) this.#replaceLate(worker.execution, error);
      this.#events.timedOut(entry, error);
    },
    returned: (entries) => this.waiting.putBack(entries, "return"),
    refused: (entry, error) => this.#events.refused(entry, error),
    lost: (execution, error) => this.#lost(execution, error),
  };

  #addWorkers(gateway: MapGateway): void {
    const { concurrency = 1, isolate = false } = this.#options;
    if (!isolate) this.#addExecution(gateway, concurrency);
    else for (let i = 0; i < concurrency; i++) this.#addExecution(gateway, 1);
  }

  /** Adds workers that share one execution: what the function needs is sent once for them. */
  #addExecution(gateway: MapGateway, lanes: number): void {
    const execution = new MapExecution(gateway, this.#task, lanes);
    const workers = Array.from(
      { length: lanes },
      (_, lane) => new Worker(execution, lane, this.#workerEvents),
    );
    this.#executions.set(execution, workers);
    for (const worker of workers) this.#workers.add(worker);
  }

  /** Ends an execution. Returns the items of its workers. */
  #remove(execution: MapExecution, reason?: unknown): ReturnType<Worker<Item>["close"]> {
    const workers = this.#executions.get(execution) ?? [];
    this.#executions.delete(execution);
    const items = workers.map((worker) => {
      this.#workers.delete(worker);
      this.#paused.get(worker)?.();
      this.#paused.delete(worker);
      return worker.close();
    });
    execution.close(reason);
    return {
      begun: items.flatMap(({ begun }) => begun),
      unbegun: items.flatMap(({ unbegun }) => unbegun),
    };
  }

  #isCareful({ count }: Worker<Item>): boolean {
    const { isolate = false, itemTimeout } = this.#options;
    return isolate || itemTimeout !== undefined || this.#losses.hasLostItems ||
      count < CAREFUL_ITEMS;
  }

  #mustPause({ first }: Worker<Item>): boolean {
    if (!this.#events.isFull()) return false;
    const head = this.#events.head();
    if (head === undefined) return true;
    // What the consumer waits for comes first; if no worker has it, one has to become free.
    return first !== head && this.waiting.first !== head;
  }

  /** An isolated item has used up its time: its process is ended, and another takes its place. */
  #replaceLate(execution: MapExecution, error: Error): void {
    const { unbegun } = this.#remove(execution, error);
    this.waiting.putBack(unbegun, "return");
    this.#addExecution(execution.gateway, 1);
  }

  #lost(execution: MapExecution, error: Error): void {
    const lanes = this.#executions.get(execution)?.length ?? 0;
    const { begun, unbegun } = this.#remove(execution);
    if (this.#isEnded) return;
    if (!(error instanceof GatewayClosedError || error instanceof ChannelClosedError)) {
      return this.#events.failed(error); // it could not even begin, so no other can
    }
    const { gateway, hasBegun } = execution;
    const { retries = 0, isolate = false } = this.#options;
    this.#losses.note(error);
    for (const entry of begun) entry.losses++;
    const again = begun.filter(({ losses }) => losses <= retries);
    try {
      if (hasBegun) this.#losses.report(gateway, error, begun, again.length);
    } catch (thrown) {
      return this.#events.failed(thrown);
    }
    this.waiting.putBack(unbegun, "return");
    this.waiting.putBack(again, "retry");
    this.#replace(gateway, isolate && hasBegun ? "process" : "gateway", lanes);
    for (const entry of begun) {
      if (entry.losses > retries) {
        this.#events.lost(entry, lossError(entry, gateway, error, retries));
      }
    }
    this.#events.changed();
  }

  #replace(gateway: MapGateway, lost: "process" | "gateway", lanes: number): void {
    if (lost === "gateway") this.#forget(gateway);
    if (!this.#losses.mayStart(this.size + lanes)) return;
    if (lost === "process") this.#addExecution(gateway, 1);
    else if (this.#options.respawn) this.#restart(gateway);
  }

  /** Removes the executions of a lost gateway that have not begun, and so do not learn of the loss. */
  #forget(gateway: MapGateway): void {
    for (const execution of [...this.#executions.keys()]) {
      if (execution.gateway === gateway && !execution.hasBegun) this.#remove(execution);
    }
  }

  /** Starts another gateway, once the last execution of the lost one is gone. */
  async #restart(gateway: MapGateway): Promise<void> {
    for (const execution of this.#executions.keys()) if (execution.gateway === gateway) return;
    this.#restarting++;
    try {
      await this.#host.restart(gateway);
    } catch (error) {
      this.#losses.note(toError(error));
    }
    this.#restarting--;
    this.#events.changed();
  }
}
