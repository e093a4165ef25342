/**
 * Base classes of transports that add something to another stream or transport.
 *
 * @module
 */

import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import type { ExitStatus, Transport } from "../transport.ts";

/** Forwards everything to another stream. */
export abstract class ForwardingStream implements ByteStream {
  readonly #stream: ByteStream;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  start(sink: ByteSink): void {
    this.#stream.start(sink);
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#stream.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#stream.flushed();
  }

  closeWrite(): void {
    this.#stream.closeWrite();
  }
}

/** Forwards everything but the exit status to another transport. */
export abstract class ForwardingTransport extends ForwardingStream implements Transport {
  abstract readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #transport: Transport;

  constructor(transport: Transport) {
    super(transport);
    this.#transport = transport;
    this.output = transport.output;
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#transport.abort(signal);
  }

  release(): void {
    this.#transport.release();
  }

  ref(): void {
    this.#transport.ref();
  }

  unref(): void {
    this.#transport.unref();
  }
}
