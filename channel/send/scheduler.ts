/**
 * Decides which channel's frame is written next, and writes them in batches.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import type { ByteStream } from "../../protocol/byte_stream.ts";
import { type FrameType, HEADER_BYTES } from "../../protocol/constants.ts";
import { writeHeader, writeUint32 } from "../../protocol/frames.ts";
import { queueMicrotask, setTimeout } from "../../internal/timers.ts";
import { Queue } from "../../internal/queue.ts";

/** A channel that may have frames to write, as the scheduler sees it. */
export interface FrameSource {
  /** Writes its next frame with `writer`; false when it has none that it may send now. */
  writeFrame(writer: FrameWriter): boolean;
}

/** Puts frames into the current batch. */
export interface FrameWriter {
  /**
   * A frame; `prefix` is a u32 that comes before the payload. `written` is called when nobody needs
   * the payload's memory any more; never, where the stream breaks before.
   */
  frame(
    type: FrameType,
    channel: number,
    payload?: Uint8Array,
    prefix?: number,
    written?: () => void,
  ): void;
}

/** Where a channel puts its frames; see {@linkcode Scheduler}. */
export interface FrameSink extends FrameWriter {
  /** Whether a small frame may go straight into the batch. */
  readonly idle: boolean;
  /** Whether the peer has to read before anything more can be handed over. */
  readonly blocked: boolean;
  /** Resolves when what was put in so far has been handed over. */
  readonly handedOver: Promise<void>;
  /** Gives `source` its turns until it has nothing left to write. */
  request(source: FrameSource): void;
}

/** Large enough to make a system call worth it, small enough that a waiting channel's turn is near. */
const BATCH_BYTES = 128 * 1024;
const SLAB_BYTES = 64 * 1024;
/** Larger payloads are written where they lie. */
export const COPY_BYTES: number = 4 * 1024;
/** What answers to a peer that does not read may pile up to. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const NO_BYTES = new Uint8Array();

/**
 * Microtasks without a new frame before a batch is written, where nobody awaits it: a loop that
 * sends without waiting comes back within these. More than MAX_TURNS are not waited for.
 */
const QUIET_TURNS = 4;
const MAX_TURNS = 512;

/**
 * After so many batches, who waits for the hand-over waits for a turn of the event loop, too: a loop
 * that awaits each of its sends would leave none to anything else until a window is used up.
 */
const BATCHES_A_TURN = 512;

/**
 * Tells when somebody waits for it: `await` calls `then` of a subclass. So an awaited send is
 * written at once, and only those that nobody waits for gather.
 */
class HandedOver extends Promise<void> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  onWait: (() => void) | undefined;

  override then<A = void, B = never>(
    fulfilled?: ((value: void) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.onWait?.();
    return super.then(fulfilled, rejected);
  }
}

/**
 * Channels take turns, a frame each. Small frames that are sent together leave in one write; while a
 * write is under way the next batch gathers.
 */
export class Scheduler implements FrameSink {
  readonly #stream: ByteStream;
  readonly #failed: (error: Error) => void;
  readonly #waiting = new Queue<FrameSource>();
  #chunks: Uint8Array[] = [];
  #written: (() => void)[] = [];
  #batchBytes = 0;
  #slab = new Uint8Array(SLAB_BYTES);
  #slabStart = 0;
  #slabEnd = 0;
  #writing = false;
  #scheduled = false;
  #turns = 0;
  #quietTurns = 0;
  #seenBytes = 0;
  #urgent = false;
  #handedOver: { promise: HandedOver; resolve: () => void } | undefined;
  #awaitedBatches = 0;
  #stopped = false;
  #drained: (() => void)[] = [];

  /** @param failed Called once, when the stream breaks. */
  constructor(stream: ByteStream, failed: (error: Error) => void) {
    this.#stream = stream;
    this.#failed = failed;
  }

  /** Whether a small frame may go straight into the batch: nobody waits, and there is room. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#batchBytes < BATCH_BYTES;
  }

  /** Whether a write is under way that the stream has no room for yet. */
  get blocked(): boolean {
    return this.#writing;
  }

  /** Gives `source` its turns until it has nothing left to write. */
  request(source: FrameSource): void {
    this.#waiting.push(source);
    this.#schedule();
  }

  /** Appends a frame; used for what need not wait for its turn. */
  frame(
    type: FrameType,
    channel: number,
    payload: Uint8Array = NO_BYTES,
    prefix = -1,
    written?: () => void,
  ): void {
    if (this.#stopped) return;
    const prefixBytes = prefix < 0 ? 0 : 4;
    const copied = payload.length <= COPY_BYTES ? payload.length : 0;
    const needed = HEADER_BYTES + prefixBytes + copied;
    if (this.#slabEnd + needed > SLAB_BYTES) this.#newSlab();
    const slab = this.#slab;
    writeHeader(slab, this.#slabEnd, type, channel, prefixBytes + payload.length);
    this.#slabEnd += HEADER_BYTES;
    if (prefixBytes > 0) {
      writeUint32(slab, this.#slabEnd, prefix);
      this.#slabEnd += prefixBytes;
    }
    if (copied > 0) copy(payload, slab, this.#slabEnd);
    this.#slabEnd += copied;
    this.#batchBytes += HEADER_BYTES + prefixBytes + payload.length;
    if (payload.length > COPY_BYTES) {
      this.#cutSlab();
      this.#chunks.push(payload);
    }
    if (written !== undefined) this.#written.push(written);
    if (this.#batchBytes > MAX_UNREAD_BYTES) {
      this.#fail(
        new ProtocolError(
          `the peer does not read: ${this.#batchBytes} bytes of answers wait to be written`,
        ),
      );
    }
    this.#schedule();
  }

  /** Writes raw bytes before anything else. */
  raw(bytes: Uint8Array): void {
    this.#cutSlab();
    this.#chunks.push(bytes);
    this.#batchBytes += bytes.length;
    this.#schedule();
  }

  /** Resolves when the current batch has been handed to the stream. */
  get handedOver(): Promise<void> {
    if (this.#handedOver === undefined) {
      let resolve = () => {};
      const promise = new HandedOver((done) => resolve = done);
      promise.onWait = () => void (this.#urgent = true);
      this.#handedOver = { promise, resolve };
    }
    return this.#handedOver.promise;
  }

  /** Whether nothing waits to be handed to the stream. */
  get isDrained(): boolean {
    return this.#stopped || (!this.#writing && !this.#scheduled);
  }

  /** Resolves when all that was given so far has been handed to the stream, or it broke. */
  drained(): Promise<void> {
    if (this.isDrained) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Writes nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#chunks = [];
    this.#batchBytes = 0;
    this.#waiting.drain();
    this.#tellHandedOver();
    this.#settle();
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing || this.#stopped) return;
    this.#scheduled = true;
    this.#turns = this.#quietTurns = this.#seenBytes = 0;
    queueMicrotask(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#gathers()) return queueMicrotask(this.#turn);
    this.#scheduled = false;
    this.#pump();
  };

  /** Whether the batch may still grow before anybody minds. */
  #gathers(): boolean {
    if (this.#urgent || this.#batchBytes >= BATCH_BYTES || ++this.#turns > MAX_TURNS) return false;
    if (this.#batchBytes !== this.#seenBytes) this.#quietTurns = 0;
    this.#seenBytes = this.#batchBytes;
    return this.#quietTurns++ < QUIET_TURNS;
  }

  #pump(): void {
    while (!this.#writing && !this.#stopped) {
      this.#fill();
      if (this.#batchBytes === 0) break;
      this.#cutSlab();
      const chunks = this.#chunks;
      const written = this.#written;
      this.#chunks = [];
      this.#written = [];
      this.#batchBytes = 0;
      this.#urgent = false;
      this.#tellHandedOver();
      try {
        const roomAgain = this.#stream.write(chunks, () => written.forEach((tell) => tell()));
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
    if (this.isDrained) this.#settle();
  }

  #fill(): void {
    while (this.#batchBytes < BATCH_BYTES) {
      const source = this.#waiting.shift();
      if (source === undefined) return;
      if (source.writeFrame(this)) this.#waiting.push(source);
    }
  }

  #cutSlab(): void {
    if (this.#slabEnd === this.#slabStart) return;
    this.#chunks.push(this.#slab.subarray(this.#slabStart, this.#slabEnd));
    this.#slabStart = this.#slabEnd;
  }

  #newSlab(): void {
    this.#cutSlab();
    this.#slab = new Uint8Array(SLAB_BYTES);
    this.#slabStart = this.#slabEnd = 0;
  }

  #tellHandedOver(): void {
    if (this.#handedOver === undefined) return;
    const { promise, resolve } = this.#handedOver;
    // Who waits for it from now on does not wait for the next batch.
    promise.onWait = undefined;
    this.#handedOver = undefined;
    if (++this.#awaitedBatches % BATCHES_A_TURN === 0) setTimeout(resolve);
    else resolve();
  }

  #settle(): void {
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#failed(toError(error));
  }
}

/** For a few bytes a loop is quicker than `set`. */
function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > 32) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}
