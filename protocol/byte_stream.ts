/**
 * The stream that the multiplexer runs over: bytes in both directions, in order.
 *
 * @module
 */

/** Receives the bytes of a {@linkcode ByteStream}. */
export interface ByteSink {
  /** Receives a chunk. It is valid during this call alone: the stream reuses its memory. */
  data(chunk: Uint8Array<ArrayBuffer>): void;
  /** The stream has ended; with `error`, it broke. Called once. */
  end(error?: Error): void;
}

/** A stream of bytes in both directions. */
export interface ByteStream {
  /** Begins to deliver received bytes. Called once. */
  start(sink: ByteSink): void;
  /**
   * Writes chunks in order. They may be reused once `written` has been called, and so may those of
   * all earlier writes. If it returns a promise, the caller waits for it before the next write: this
   * is the backpressure. It throws or rejects if the stream broke.
   */
  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void;
  /** Resolves when all written bytes have left this process, or when they no longer can. */
  flushed(): Promise<void>;
  /** Ends the writing side: the peer sees the end of the stream. */
  closeWrite(): void;
}
