/**
 * The output of a far process, as a web stream.
 *
 * @module
 */

/** A readable stream to which chunks are pushed; a push waits while nobody reads. */
export class OutputStream {
  readonly readable: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wanted: PromiseWithResolvers<void> | undefined;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#wanted?.resolve(),
      cancel: () => this.close(),
    });
  }

  /** Adds a chunk. Resolves when there is room for more. */
  async push(chunk: Uint8Array): Promise<void> {
    if (this.#controller === undefined) return;
    this.#controller.enqueue(chunk);
    if ((this.#controller.desiredSize ?? 0) > 0) return;
    this.#wanted = Promise.withResolvers();
    await this.#wanted.promise;
  }

  /** Ends the stream. */
  close(): void {
    this.#wanted?.resolve();
    try {
      this.#controller?.close();
    } catch { /* it was cancelled */ }
    this.#controller = undefined;
  }
}
