/**
 * How the channels in items are named on one connection.
 *
 * @module
 */

import { ChannelClosedError } from "../../errors.ts";
import type { ChannelReferences } from "../../protocol/items.ts";
import { type Channel, channelOf, coreOf } from "../channel.ts";
import { Binding, type ChannelContext } from "../binding.ts";
import { ChannelCore } from "../core.ts";
import type { Bridges } from "./bridge.ts";
import type { ChannelTable } from "./channel_table.ts";

/** What {@linkcode References} need of their connection. */
export interface ReferenceContext extends ChannelContext {
  /** Makes a channel that the peer learns of at once. */
  newChannel(): Channel;
  /** Takes in a channel that has no connection yet. */
  adopt(channel: Channel): void;
}

/** Turns channels into ids, and ids into channels. */
export class References implements ChannelReferences {
  readonly #context: ReferenceContext;
  readonly #channels: ChannelTable;
  readonly #bridges: Bridges | undefined;

  constructor(context: ReferenceContext, channels: ChannelTable, bridges: Bridges | undefined) {
    this.#context = context;
    this.#channels = channels;
    this.#bridges = bridges;
  }

  /**
   * Returns the id of a channel, or undefined if `value` is none. A channel of another connection is
   * joined to a new one of this connection.
   *
   * @throws {SerializationError} when something on this side receives on it.
   */
  idOf(value: object): number | undefined {
    const core = coreOf(value);
    if (core === undefined) return undefined;
    const { binding } = core;
    if (binding.isUnbound && binding.context.owner === this.#context.owner) {
      this.#context.adopt(value as Channel);
    }
    if (binding.context === this.#context) return binding.id;
    const near = this.#bridges?.join(core, value as Channel, () => this.#context.newChannel());
    return near?.binding.id;
  }

  /** Returns the channel of an id. */
  byId(id: number): Channel {
    const channel = this.#bridges?.originOf(id) ?? this.#channels.claim(id);
    if (channel !== undefined) return channel;
    this.#channels.addressee(id); // throws if it was never opened
    const core = new ChannelCore(new Binding(this.#context, id), "plain");
    core.lose(new ChannelClosedError(`${core.binding.label} was closed before it arrived`));
    return channelOf(core);
  }

  /** Forgets an id that is free again. */
  release(id: number): void {
    this.#bridges?.forget(id);
    this.#channels.delete(id);
  }
}
