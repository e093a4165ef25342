/**
 * Closes channels that remote code can use no more.
 *
 * @module
 */

import type { Binding } from "../channel/binding.ts";
import type { ChannelCore } from "../channel/core.ts";
import type { Collector } from "./collector.ts";

/** An execution, as far as it matters here. */
export interface Holder {
  readonly core: ChannelCore;
  /** Resolves at its end; never rejects. */
  readonly ended: Promise<void>;
  /** Whether it ran to its end by itself. */
  isDone: boolean;
  /** Whether it has received a channel. */
  isHolder: boolean;
}

/** Knows which execution has received which channel. */
export class DroppedChannels {
  readonly #running: Iterable<Holder>;
  readonly #collector: Collector | undefined;
  readonly #holders = new WeakMap<Binding, Holder>();
  #isStopped = false;

  constructor(running: Iterable<Holder>, collector?: Collector) {
    this.#running = running;
    this.#collector = collector;
  }

  /**
   * Closes a channel once nothing refers to it, and the execution that it was received in has ended.
   *
   * @param over The channel that it was received on; undefined for one of this side.
   */
  received(core: ChannelCore, over: Binding | undefined): void {
    if (core.lifecycle.isRunning) return; // it closes with its execution
    const holder = over && (this.#runningOn(over) ?? this.#holders.get(over));
    if (holder !== undefined) {
      holder.isHolder = true;
      this.#holders.set(core.binding, holder);
    }
    core.binding.handle.letGo(() => void this.#dropped(core));
  }

  /** An execution has ended: what it held is collected, though nothing else happens here. */
  ended({ isHolder }: Holder): void {
    if (isHolder) this.#collector?.collectSoon();
  }

  /** Closes no more: all of the gateway is to end, which tells the readers of its channels why. */
  stop(): void {
    this.#isStopped = true;
  }

  #runningOn(over: Binding): Holder | undefined {
    for (const holder of this.#running) if (holder.core.binding === over) return holder;
  }

  async #dropped(core: ChannelCore): Promise<void> {
    const { binding, lifecycle, sendQueue } = core;
    const holder = this.#holders.get(binding);
    await holder?.ended;
    await sendQueue.flushed();
    if (this.#isStopped || binding.handle.channel !== undefined) return; // or received once more
    // What an execution has sent that failed is not the whole: its reader gets an error.
    if (holder?.isDone) lifecycle.closeInOrder();
    else lifecycle.close();
  }
}
