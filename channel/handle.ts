/**
 * The way from the inside of a channel to the `Channel` that its users have.
 *
 * @module
 */

import { Hold } from "../internal/keep_alive.ts";
import { FinalizationRegistry, WeakRef } from "../internal/weak.ts";

const registry = new FinalizationRegistry<() => void>((collected) => collected());

/**
 * Keeps the `Channel`, or lets it go: then only code that has it keeps it, and what waits on it. So it
 * is found out when no code can use it any more.
 */
export class Handle {
  #channel: object | undefined;
  #weak: WeakRef<object> | undefined;
  #dropped: (() => void) | undefined;
  #holds = 0;

  /** The `Channel`, unless there is none yet, or it was collected. */
  get channel(): object | undefined {
    return this.#channel ?? this.#weak?.deref();
  }

  /** Keeps a new `Channel`, or lets it go as the one before. */
  attach(channel: object): void {
    if (this.#dropped === undefined) this.#channel = channel;
    else this.#watch(channel);
  }

  /** Lets it go. Later, `dropped` is called in place of the function of an earlier call. */
  letGo(dropped: () => void): void {
    const { channel } = this;
    const isWatched = this.#dropped !== undefined;
    this.#dropped = dropped;
    if (!isWatched && channel !== undefined) this.#watch(channel);
  }

  /** Keeps it until the channel has ended. */
  keepToEnd(): void {
    if (this.#holds++ === 0) this.#channel = this.channel;
  }

  /** Keeps it for good. */
  keep(): void {
    this.#channel = this.channel;
    this.#unwatch();
  }

  /** The channel has ended: nothing has to be found out any more. */
  ended(): void {
    if (this.#dropped === undefined) return;
    this.#channel = undefined;
    this.#unwatch();
  }

  /** Keeps it until the returned hold is disposed, and `other` with it. */
  hold(other: Hold): Hold {
    if (this.#dropped === undefined) return other;
    if (this.#holds++ === 0) this.#channel = this.channel;
    return new Hold(() => {
      other[Symbol.dispose]();
      if (--this.#holds === 0 && this.#dropped !== undefined) this.#channel = undefined;
    });
  }

  #watch(channel: object): void {
    this.#channel = undefined;
    this.#weak = new WeakRef(channel);
    registry.register(channel, () => this.channel === undefined && this.#dropped?.(), this);
  }

  #unwatch(): void {
    if (this.#dropped !== undefined) registry.unregister(this);
    this.#dropped = undefined;
  }
}
