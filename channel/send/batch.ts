/**
 * The frames that leave with the next write.
 *
 * @module
 */

import { type FrameType, HEADER_BYTES } from "../../protocol/constants.ts";
import { writeHeader, writeUint32 } from "../../protocol/frames.ts";

/** Headers and small payloads are copied into slabs of this size. */
const SLAB_BYTES = 64 * 1024;
/** Larger payloads are written from where they lie. */
export const COPY_BYTES: number = 4 * 1024;
const NO_BYTES = new Uint8Array();

/**
 * A promise that reports when somebody waits for it: `await` calls `then` of a subclass. So a batch
 * whose hand-over is awaited is written at once, and one that nobody waits for gathers more frames.
 */
class HandOver extends Promise<void> {
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

/** What one write takes. */
export interface BatchContent {
  chunks: Uint8Array[];
  /** Called when the memory of the chunks is free again. */
  written: () => void;
}

/** Frames in the order in which they are written, as few chunks of bytes. */
export class Batch {
  #chunks: Uint8Array[] = [];
  #written: (() => void)[] = [];
  #bytes = 0;
  #slab = new Uint8Array(SLAB_BYTES);
  /** The part of the slab that belongs to no chunk yet. */
  #slabStart = 0;
  #slabEnd = 0;
  #isAwaited = false;
  #handOver: { promise: HandOver; resolve: () => void } | undefined;

  /** The size of all that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether somebody waits for its hand-over. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Resolves when this batch has been handed to the stream. */
  get handedOver(): Promise<void> {
    if (this.#handOver === undefined) {
      let resolve = () => {};
      const promise = new HandOver((done) => resolve = done);
      promise.onWait = () => void (this.#isAwaited = true);
      this.#handOver = { promise, resolve };
    }
    return this.#handOver.promise;
  }

  /**
   * Adds a frame.
   *
   * @param prefix A u32 in front of the payload; a negative number stands for none.
   * @param written Called when the payload's memory is free again; never if the stream breaks before.
   */
  frame(
    type: FrameType,
    channel: number,
    payload: Uint8Array = NO_BYTES,
    prefix: number = -1,
    written?: () => void,
  ): void {
    const prefixBytes = prefix < 0 ? 0 : 4;
    const copied = payload.length <= COPY_BYTES ? payload.length : 0;
    if (this.#slabEnd + HEADER_BYTES + prefixBytes + copied > SLAB_BYTES) this.#newSlab();
    const slab = this.#slab;
    writeHeader(slab, this.#slabEnd, type, channel, prefixBytes + payload.length);
    this.#slabEnd += HEADER_BYTES;
    if (prefixBytes > 0) {
      writeUint32(slab, this.#slabEnd, prefix);
      this.#slabEnd += prefixBytes;
    }
    if (copied > 0) copy(payload, slab, this.#slabEnd);
    this.#slabEnd += copied;
    this.#bytes += HEADER_BYTES + prefixBytes + payload.length;
    if (payload.length > COPY_BYTES) {
      this.#cutSlab();
      this.#chunks.push(payload);
    }
    if (written !== undefined) this.#written.push(written);
  }

  /** Adds bytes that are no frame. */
  raw(bytes: Uint8Array): void {
    this.#cutSlab();
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
  }

  /** Hands over what it holds, and begins the next batch. */
  take(): BatchContent {
    this.#cutSlab();
    const chunks = this.#chunks;
    const written = this.#written;
    this.#chunks = [];
    this.#written = [];
    this.#bytes = 0;
    this.#isAwaited = false;
    this.#resolveHandOver();
    return { chunks, written: () => written.forEach((call) => call()) };
  }

  #resolveHandOver(): void {
    if (this.#handOver === undefined) return;
    const { promise, resolve } = this.#handOver;
    // Who waits for it from now on does not wait for the next batch.
    promise.onWait = undefined;
    this.#handOver = undefined;
    resolve();
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
}

/** Copies bytes. For a few of them a loop is quicker than `set`. */
function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > 32) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}
