/**
 * Decides which channel's frame is written next, and writes frames in batches.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import type { ByteStream } from "../../protocol/byte_stream.ts";
import type { FrameType } from "../../protocol/constants.ts";
import type { FrameSink, FrameSource } from "../frame_sink.ts";
import type { FrameTap } from "../frame_tap.ts";
import { queueMicrotask } from "../../internal/timers.ts";
import { Queue } from "../../internal/queue.ts";
import { Batch } from "./batch.ts";

/** Large enough to make a system call worth it, small enough that each channel writes again soon. */
const BATCH_BYTES = 128 * 1024;
/** The answers to a peer that does not read may pile up to this. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * Microtasks without a new frame before a batch is written, if nobody awaits it: a loop that sends
 * without waiting sends again within these. No more than MAX_TICKS are waited for in all.
 */
const QUIET_TICKS = 4;
const MAX_TICKS = 512;

/**
 * Takes frames from channels in turn, one from each. Small frames that are sent together leave in
 * one write; while a write is under way the next batch gathers.
 */
export class Scheduler implements FrameSink {
  readonly #stream: ByteStream;
  readonly #failed: (error: Error) => void;
  readonly #tap: FrameTap | undefined;
  readonly #waiting = new Queue<FrameSource>();
  readonly #batch = new Batch();
  #writing = false;
  #scheduled = false;
  #ticks = 0;
  #quietTicks = 0;
  #seenBytes = 0;
  #stopped = false;
  #drained: (() => void)[] = [];

  /**
   * @param failed Called once, when the stream breaks.
   * @param tap Sees the frames.
   */
  constructor(stream: ByteStream, failed: (error: Error) => void, tap?: FrameTap) {
    this.#stream = stream;
    this.#failed = failed;
    this.#tap = tap;
  }

  /** Whether a small frame may go straight into the batch: no channel waits, and there is room. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#batch.bytes < BATCH_BYTES;
  }

  /** Whether a write is under way that the stream has no room for yet. */
  get blocked(): boolean {
    return this.#writing;
  }

  /** Resolves when the current batch has been handed to the stream. */
  get handedOver(): Promise<void> {
    return this.#batch.handedOver;
  }

  request(source: FrameSource): void {
    this.#waiting.push(source);
    this.#schedule();
  }

  frame(
    type: FrameType,
    channel: number,
    payload?: Uint8Array,
    prefix?: number,
    written?: () => void,
  ): void {
    if (this.#stopped) return;
    this.#tap?.sent(type, channel, payload, prefix);
    this.#batch.frame(type, channel, payload, prefix, written);
    const { bytes } = this.#batch;
    if (bytes > MAX_UNREAD_BYTES) {
      this.#fail(
        new ProtocolError(`the peer does not read: ${bytes} bytes of answers wait to be written`),
      );
    }
    this.#schedule();
  }

  /** Writes bytes that are no frame, such as this side's preamble. */
  raw(bytes: Uint8Array): void {
    this.#batch.raw(bytes);
    this.#schedule();
  }

  /** Whether nothing waits to be handed to the stream. */
  get isDrained(): boolean {
    return this.#stopped || (!this.#writing && !this.#scheduled);
  }

  /** Resolves when all frames so far have been handed to the stream, or it broke. */
  drained(): Promise<void> {
    if (this.isDrained) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Drops what has not been written, and all frames from now on. */
  stop(): void {
    this.#stopped = true;
    this.#batch.take();
    this.#waiting.drain();
    this.#resolveDrained();
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing || this.#stopped) return;
    this.#scheduled = true;
    this.#ticks = this.#quietTicks = this.#seenBytes = 0;
    queueMicrotask(this.#tick);
  }

  readonly #tick = (): void => {
    if (this.#gathers()) return queueMicrotask(this.#tick);
    this.#scheduled = false;
    this.#pump();
  };

  /** Whether the batch may still grow: nobody waits for it, and frames are still being added. */
  #gathers(): boolean {
    const { bytes, isAwaited } = this.#batch;
    if (isAwaited || bytes >= BATCH_BYTES || ++this.#ticks > MAX_TICKS) return false;
    if (bytes !== this.#seenBytes) this.#quietTicks = 0;
    this.#seenBytes = bytes;
    return this.#quietTicks++ < QUIET_TICKS;
  }

  #pump(): void {
    while (!this.#writing && !this.#stopped) {
      this.#fill();
      if (this.#batch.bytes === 0) break;
      const { chunks, written } = this.#batch.take();
      try {
        const roomAgain = this.#stream.write(chunks, written);
        if (roomAgain === undefined) continue;
        this.#writing = true;
        roomAgain.then(() => {
          this.#writing = false;
          this.#pump();
        }, (error) => this.#fail(error));
      } catch (error) {
        this.#fail(error);
      }
      return;
    }
    if (this.isDrained) this.#resolveDrained();
  }

  #fill(): void {
    while (this.#batch.bytes < BATCH_BYTES) {
      const source = this.#waiting.shift();
      if (source === undefined) return;
      if (source.writeFrame()) this.#waiting.push(source);
    }
  }

  #resolveDrained(): void {
    for (const resolve of this.#drained.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#failed(toError(error));
  }
}
