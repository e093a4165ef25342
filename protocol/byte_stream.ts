/**
 * What the multiplexer needs of a transport: bytes both ways, in order.
 *
 * @module
 */

/** Takes what arrives. */
export interface ByteSink {
  /** A chunk. Its bytes are there during this call alone: the stream uses their memory again. */
  data(chunk: Uint8Array<ArrayBuffer>): void;
  /** Nothing more will come; `error` where the stream broke. Called once. */
  end(error?: Error): void;
}

/** Bytes in both directions. */
export interface ByteStream {
  /** Begins to deliver what arrives. Called once. */
  start(sink: ByteSink): void;
  /**
   * Writes chunks in order; they are not changed until `written` is called, which says that they,
   * and all that was written before, are needed no more. A promise asks to wait for it before the
   * next write: that is the backpressure. It rejects, or this throws, where the stream broke.
   */
  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void;
  /** Resolves when all that was written has left this process, or never will. */
  flushed(): Promise<void>;
  /** No more writes: the peer will see the end of the stream. */
  closeWrite(): void;
}
