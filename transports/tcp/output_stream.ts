/**
 * What a far process prints, as a web stream.
 *
 * @module
 */

/** A readable stream that is pushed to; pushing waits while nobody reads. */
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

  /** Resolves when there is room for more. */
  async push(chunk: Uint8Array): Promise<void> {
    if (this.#controller === undefined) return;
    this.#controller.enqueue(chunk);
    if ((this.#controller.desiredSize ?? 0) > 0) return;
    this.#wanted = Promise.withResolvers();
    await this.#wanted.promise;
  }

  /** Nothing more comes. */
  close(): void {
    this.#wanted?.resolve();
    try {
      this.#controller?.close();
    } catch { /* it was cancelled */ }
    this.#controller = undefined;
  }
}
