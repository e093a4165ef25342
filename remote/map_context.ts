/**
 * The third argument of the function of a map.
 *
 * @module
 */

import type { Channel, ChannelGateway } from "../channel/channel.ts";

/** What an item may know of its run. Most functions do not ask: so it costs one object. */
export class ItemContext {
  readonly #channel: Channel;
  readonly #index: number;
  #abort: AbortController | undefined;
  #stopped: { reason: unknown } | undefined;

  /** @param channel That of the worker. */
  constructor(channel: Channel, index: number) {
    this.#channel = channel;
    this.#index = index;
  }

  /** The index of the item in the source of the map. */
  get index(): number {
    return this.#index;
  }

  /** The gateway, as `channel.gateway` has it in other code. */
  get gateway(): ChannelGateway {
    return this.#channel.gateway;
  }

  /** Aborted when the item is to stop. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#stopped !== undefined) this.#abort.abort(this.#stopped.reason);
    }
    return this.#abort.signal;
  }

  /** Tells the item to stop. */
  stop(reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    this.#abort?.abort(reason);
  }
}
