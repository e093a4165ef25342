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
import { Queue } from "../../internal/queue.ts";
import { Batch } from "./batch.ts";
import { flushAtExit, forgetAtExit } from "./exit_flush.ts";
import { TURN, type Turn } from "./turn.ts";

/** Large enough to make a system call worth it, small enough that each channel writes again soon. */
const BATCH_BYTES = 128 * 1024;
/** The answers to a peer that does not read may pile up to this. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * A batch is written after this many microtasks without a new frame: a loop that sends adds one again
 * within these, even through a generator or a stream. No more than MAX_TICKS are waited for in all.
 */
const QUIET_TICKS = 12;
const MAX_TICKS = 512;
/**
 * So many sends of a turn are written before they resolve: what a program sends before it computes
 * for long has left. The sends of a loop that go on after these leave together.
 */
const WRITTEN_SENDS = 4;
const RESOLVED = Promise.resolve();

/**
 * Takes frames from channels in turn, one from each. Small frames that are sent together leave in
 * one write; while a write is under way the next batch gathers.
 */
export class Scheduler implements FrameSink {
  readonly #stream: ByteStream;
  readonly #failed: (error: Error) => void;
  readonly #tap: FrameTap | undefined;
  readonly #turn: Turn;
  readonly #waiting = new Queue<FrameSource>();
  readonly #batch = new Batch();
  #writing = false;
  #scheduled = false;
  #stopped = false;
  #isFlushedAtExit = false;
  #drained: (() => void)[] = [];

  /**
   * @param failed Called once, when the stream breaks.
   * @param tap Sees the frames.
   * @param turn Counts the sends; default: the turn of this process.
   */
  constructor(
    stream: ByteStream,
    failed: (error: Error) => void,
    tap?: FrameTap,
    turn: Turn = TURN,
  ) {
    this.#stream = stream;
    this.#failed = failed;
    this.#tap = tap;
    this.#turn = turn;
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

  accepted(): Promise<void> {
    const nextTurn = this.#turn.count();
    if (nextTurn !== undefined) return nextTurn;
    if (this.#turn.sends <= WRITTEN_SENDS) return this.#batch.handedOver;
    if (!this.#isFlushedAtExit) {
      this.#isFlushedAtExit = true;
      flushAtExit(this);
    }
    return RESOLVED;
  }

  /** Hands the batch to the stream, if that has room. */
  flush(): void {
    this.#pump();
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
    forgetAtExit(this);
    this.#batch.take();
    this.#waiting.drain();
    this.#resolveDrained();
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing || this.#stopped) return;
    this.#scheduled = true;
    void this.#writeLater();
  }

  async #writeLater(): Promise<void> {
    let seenBytes = 0;
    let quietTicks = 0;
    for (let ticks = 0; ticks < MAX_TICKS && quietTicks < QUIET_TICKS; ticks++) {
      await undefined;
      const { bytes, isAwaited } = this.#batch;
      if (isAwaited || bytes >= BATCH_BYTES) break;
      quietTicks = bytes === seenBytes ? quietTicks + 1 : 0;
      seenBytes = bytes;
    }
    this.#scheduled = false;
    this.#pump();
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
          this.#turn.restart(); // it took I/O to get here
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
