/**
 * A transport that is not open yet.
 *
 * @module
 */

import type { ByteSink } from "../../protocol/byte_stream.ts";
import { clearTimer, setInterval } from "../../internal/timers.ts";
import { MAX_TIMER_MS, within } from "../../internal/wait.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";

/** Time from SIGTERM to SIGKILL. */
const TERM_GRACE_MS = 1_000;

/**
 * A transport that opens in the background. What is written meanwhile waits. Aborted before it is
 * open, it never opens.
 */
export class LateTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #opened = Promise.withResolvers<Transport>();
  readonly #cancel = new AbortController();
  /** Keeps the event loop alive while nothing else does; it has nothing to do. */
  readonly #timer = setInterval(() => {}, MAX_TIMER_MS);
  #transport: Transport | undefined;
  #isRef = false;

  /**
   * @param open Opens it, or rejects with the error that the stream is then to end with. Its signal is
   * aborted when the transport is no longer wanted.
   */
  constructor(open: (signal: AbortSignal) => Promise<Transport>) {
    Deno.unrefTimer(this.#timer);
    const { promise } = this.#opened;
    this.output = { stdout: printed(promise, "stdout"), stderr: printed(promise, "stderr") };
    this.exited = promise.then(({ exited }) => exited, () => NO_STATUS);
    open(this.#cancel.signal).then(
      (transport) => this.#open(transport),
      (error) => this.#fail(error),
    );
  }

  start(sink: ByteSink): void {
    this.#opened.promise.then((transport) => transport.start(sink), (error) => sink.end(error));
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    if (this.#transport !== undefined) return this.#transport.write(chunks, written);
    return this.#opened.promise.then((transport) => transport.write(chunks, written));
  }

  flushed(): Promise<void> {
    return this.#opened.promise.then((transport) => transport.flushed(), () => {});
  }

  closeWrite(): void {
    this.#opened.promise.then((transport) => transport.closeWrite(), () => {});
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#transport !== undefined) return this.#transport.abort(signal);
    this.#cancel.abort();
    this.#fail(new Error("it was ended before it was open"));
  }

  shownOf(line: string): string | undefined {
    const transport = this.#transport;
    return transport?.shownOf === undefined ? line : transport.shownOf(line);
  }

  release(): void {
    if (this.#transport !== undefined) this.#transport.release();
    else this.abort("SIGKILL");
  }

  ref(): void {
    this.#isRef = true;
    if (this.#transport !== undefined) this.#transport.ref();
    else Deno.refTimer(this.#timer);
  }

  unref(): void {
    this.#isRef = false;
    if (this.#transport !== undefined) this.#transport.unref();
    else Deno.unrefTimer(this.#timer);
  }

  #open(transport: Transport): void {
    if (this.#cancel.signal.aborted) {
      transport.abort("SIGTERM");
      within(transport.exited, TERM_GRACE_MS).then((status) => {
        if (status === undefined) transport.abort("SIGKILL");
      });
      return transport.release();
    }
    clearTimer(this.#timer);
    this.#transport = transport;
    if (this.#isRef) transport.ref();
    this.#opened.resolve(transport);
  }

  #fail(error: unknown): void {
    clearTimer(this.#timer);
    this.#opened.reject(error);
  }
}

function printed(
  opened: Promise<Transport>,
  name: keyof Transport["output"],
): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  opened.then(({ output }) => output[name].pipeTo(writable), () => writable.close())
    .catch(() => {}); // nobody reads it any more
  return readable;
}
