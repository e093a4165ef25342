/**
 * The place of a channel on its connection.
 *
 * @module
 */

import type { RemoteErrorInit } from "../errors.ts";
import type { Hold } from "../internal/keep_alive.ts";
import type { ItemCodec } from "../protocol/items.ts";
import type { ConnectionCredit } from "./connection_credit.ts";
import type { ConnectionWindow } from "./connection_window.ts";
import type { FrameSink } from "./frame_sink.ts";
import { Handle } from "./handle.ts";

/** What makes channels, as seen from one of them: a gateway, or the remote's view of it. */
export interface ChannelOwner {
  /** The gateway's id, such as `gw0`. */
  readonly id: string;
}

/** What a channel needs of its connection. */
export interface ChannelContext {
  readonly owner: ChannelOwner;
  readonly codec: ItemCodec;
  readonly scheduler: FrameSink;
  /** What may still be sent over all channels. */
  readonly credit: ConnectionCredit;
  /** Counts what is received over all channels. */
  readonly window: ConnectionWindow;
  /** The id of the gateway that the peer is; undefined if this side is that gateway. */
  readonly peerGateway: string | undefined;
  /** The size of the largest item that the peer accepts, in bytes. */
  readonly peerMaxItemBytes: number;
  /** The size of the largest item that is accepted from the peer. */
  readonly maxItemBytes: number;
  /** Reports bytes that were decoded into memory of their own. */
  itemsDecoded(bytes: number): void;
  /** Returns what this side can add to an error of the peer, by its message. */
  advise(message: string): string | undefined;
  /** Returns an error of the peer, or the beginning of it; what it takes is bounded. */
  boundError(init: RemoteErrorInit, bytes: number, keeper: object): RemoteErrorInit;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
  /** Frees the id of a channel that has closed on both sides. */
  release(id: number): void;
}

/** Stands for the connection of a channel that has none yet. */
export interface UnboundContext extends ChannelContext {
  /** Binds the channel to its gateway's own connection. */
  bindHome(): void;
  /** Hands over the frames that were held: the channel has been bound. */
  bound(to: ChannelContext, id: number): void;
}

/** The connection of a channel, and its id there. The parts of a channel share one of these. */
export class Binding {
  /** The `Channel`. */
  readonly handle: Handle = new Handle();
  #context: ChannelContext;
  #id: number;
  #unbound: UnboundContext | undefined;

  constructor(context: ChannelContext, id: number) {
    this.#context = context;
    this.#id = id;
  }

  /** Makes the binding of a channel that has no connection yet. */
  static unbound(context: UnboundContext): Binding {
    const binding = new Binding(context, 0);
    binding.#unbound = context;
    return binding;
  }

  get context(): ChannelContext {
    return this.#context;
  }

  /** The number that both sides know the channel by; 0 while it is unbound. */
  get id(): number {
    return this.#id;
  }

  /** Whether the channel has no connection yet. */
  get isUnbound(): boolean {
    return this.#unbound !== undefined;
  }

  /** The name of the channel in messages. */
  get label(): string {
    const name = this.isUnbound ? "a new channel" : `channel ${this.#id}`;
    return `${name} of ${this.#context.owner.id}`;
  }

  /** Something waits: keeps the channel, and the event loop, until the returned hold is disposed. */
  hold(): Hold {
    return this.handle.hold(this.#context.hold());
  }

  /** Binds an unbound channel to its gateway's own connection. */
  bindHome(): void {
    this.#unbound?.bindHome();
  }

  /** Binds an unbound channel to a connection. */
  bind(context: ChannelContext, id: number): void {
    const unbound = this.#unbound;
    this.#context = context;
    this.#id = id;
    this.#unbound = undefined;
    unbound?.bound(context, id);
  }
}
