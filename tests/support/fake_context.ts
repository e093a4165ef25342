/** A connection that records what a channel, or one part of it, does there. */

import { Binding, type ChannelContext } from "../../channel/binding.ts";
import { ConnectionCredit } from "../../channel/connection_credit.ts";
import { ConnectionWindow } from "../../channel/connection_window.ts";
import type { FrameSink, FrameSource } from "../../channel/frame_sink.ts";
import type { RemoteErrorInit } from "../../errors.ts";
import { Hold } from "../../internal/keep_alive.ts";
import { DEFAULT_LIMITS, FrameType } from "../../protocol/constants.ts";
import { ItemCodec } from "../../protocol/items.ts";

/** The names of frame types by their numbers. */
const NAMES = Object.fromEntries(Object.entries(FrameType).map(([name, type]) => [type, name]));

/** A frame that was sent. */
export interface SentFrame {
  type: string;
  channel: number;
  payload: Uint8Array;
  prefix: number | undefined;
  written: (() => void) | undefined;
}

/** Records frames. A source writes as soon as it requests, unless it is held. */
export class FakeSink implements FrameSink {
  idle = true;
  blocked = false;
  /** Whether sources have to wait for {@linkcode FakeSink.run}. */
  isHeld = false;
  readonly handedOver: Promise<void> = Promise.resolve();
  readonly frames: SentFrame[] = [];
  readonly #waiting: FrameSource[] = [];

  accepted(): Promise<void> {
    return this.handedOver;
  }

  frame(
    type: FrameType,
    channel: number,
    payload: Uint8Array = new Uint8Array(),
    prefix?: number,
    written?: () => void,
  ): void {
    this.frames.push({ type: NAMES[type], channel, payload: payload.slice(), prefix, written });
  }

  request(source: FrameSource): void {
    this.#waiting.push(source);
    if (!this.isHeld) this.run();
  }

  /** Lets all sources write what they may. */
  run(): void {
    for (const source of this.#waiting.splice(0)) {
      while (source.writeFrame());
    }
  }

  /** Removes and returns the types of all frames so far. */
  takeTypes(): string[] {
    return this.frames.splice(0).map(({ type }) => type);
  }
}

/** Stands for the connection of a channel. */
export class FakeContext implements ChannelContext {
  readonly owner = { id: "gw0" };
  readonly codec = new ItemCodec();
  readonly scheduler = new FakeSink();
  readonly credit = new ConnectionCredit(2 ** 30);
  /** Takes what the window of the connection sends. */
  readonly windowSink = new FakeSink();
  readonly window: ConnectionWindow = new ConnectionWindow(
    { ...DEFAULT_LIMITS, memoryBytes: 2 ** 30 },
    this.windowSink,
  );
  peerGateway: string | undefined;
  peerMaxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  maxItemBytes: number = DEFAULT_LIMITS.maxItemBytes;
  /** How many holds keep the event loop alive. */
  holds = 0;
  /** How many bytes were decoded. */
  decoded = 0;
  readonly released: number[] = [];

  /** The binding of channel 1. */
  readonly binding = new Binding(this, 1);

  itemsDecoded(bytes: number): void {
    this.decoded += bytes;
  }

  boundError(init: RemoteErrorInit): RemoteErrorInit {
    return init;
  }

  advise(): string | undefined {
    return undefined;
  }

  hold(): Hold {
    this.holds++;
    return new Hold(() => void this.holds--);
  }

  release(id: number): void {
    this.released.push(id);
  }
}
