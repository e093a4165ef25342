/**
 * A process behind a carrier, such as `ssh` or `docker exec -i`.
 *
 * @module
 */

import type { ByteSink } from "../../protocol/byte_stream.ts";
import type { ExitStatus, Transport } from "../transport.ts";

/**
 * Ends what is carried along with the carrier: not every carrier does that by itself. `docker exec`
 * leaves its process in the container, and a shared connection of `ssh` leaves a busy loop there.
 */
export class CarriedTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #carrier: Transport;
  readonly #endFar: () => Promise<void>;
  #farEnded: Promise<void> | undefined;
  #ended = false;
  #sent: "SIGTERM" | "SIGKILL" = "SIGTERM";

  /** `endFar` ends the process at the far side; it never rejects, and has a bound. */
  constructor(carrier: Transport, endFar: () => Promise<void>) {
    this.#carrier = carrier;
    this.#endFar = endFar;
    this.output = carrier.output;
    this.exited = carrier.exited.then(async (status) => {
      this.#ended = true;
      if (this.#farEnded === undefined) return status;
      await this.#farEnded;
      // What a carrier says of its own end by a signal is not what it says of the other's.
      return { code: null, signal: this.#sent };
    });
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#ended) return;
    this.#sent = signal;
    this.#farEnded ??= this.#endFar();
    this.#carrier.abort(signal);
  }

  start(sink: ByteSink): void {
    this.#carrier.start(sink);
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#carrier.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#carrier.flushed();
  }

  closeWrite(): void {
    this.#carrier.closeWrite();
  }

  release(): void {
    this.#carrier.release();
  }

  ref(): void {
    this.#carrier.ref();
  }

  unref(): void {
    this.#carrier.unref();
  }
}
