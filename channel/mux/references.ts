/**
 * How the channels in items are named on one connection.
 *
 * @module
 */

import { Cost, type CostMeter } from "../../protocol/decoded_cost.ts";
import type { ChannelReferences } from "../../protocol/items.ts";
import { type Channel, channelOf, coreOf } from "../channel.ts";
import { Binding, type ChannelContext } from "../binding.ts";
import { ChannelCore } from "../core.ts";
import type { Bridges } from "./bridge.ts";
import type { ConnectionHandler } from "./handler.ts";
import type { ChannelTable } from "./channel_table.ts";

/** What {@linkcode References} need of their connection. */
export interface ReferenceContext extends ChannelContext {
  /** Makes a channel that the peer learns of at once. */
  newChannel(): Channel;
  /** Takes in a channel that has no connection yet. */
  adopt(core: ChannelCore): void;
}

/** Turns channels into ids, and ids into channels. */
export class References implements ChannelReferences {
  readonly #context: ReferenceContext;
  readonly #channels: ChannelTable;
  readonly #handler: ConnectionHandler;
  readonly #bridges: Bridges | undefined;

  constructor(context: ReferenceContext, channels: ChannelTable, handler: ConnectionHandler) {
    this.#context = context;
    this.#channels = channels;
    this.#handler = handler;
    this.#bridges = handler.side === "initiator" ? handler.bridges : undefined;
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
      this.#context.adopt(core);
    }
    if (binding.context === this.#context) return binding.id;
    const near = this.#bridges?.join(core, value as Channel, () => this.#context.newChannel());
    return near?.binding.id;
  }

  /**
   * Returns the channel of an id.
   *
   * @param over The binding of the channel that the id was received on; undefined if in no item.
   */
  byId(id: number, over: unknown, meter: CostMeter): Channel {
    const origin = this.#bridges?.originOf(id);
    if (origin !== undefined) return origin;
    const known = this.#channels.claim(id);
    if (known !== undefined) {
      const channel = channelOf(known);
      this.inUse(known, over as Binding | undefined);
      return channel;
    }
    this.#channels.addressee(id); // throws if it was never opened
    meter.charge(Cost.LOST_CHANNEL);
    const core = new ChannelCore(new Binding(this.#context, id), "plain");
    core.lifecycle.lose("was closed before it arrived"); // no error yet: a peer may name thousands
    return channelOf(core);
  }

  /** Code of this side has got a channel: if this side is the initiator, it is kept until its end. */
  inUse(core: ChannelCore, over?: Binding): void {
    if (this.#handler.side === "initiator") core.binding.handle.keep();
    else this.#handler.received?.(core, over);
  }

  /** Forgets an id that is free again. */
  release(id: number): void {
    this.#bridges?.forget(id);
    this.#channels.delete(id);
  }
}
