/**
 * A process at the far side of a program such as `ssh` or `docker exec -i`.
 *
 * @module
 */

import type { ExitStatus, Transport } from "../transport.ts";
import { ForwardingTransport } from "./forward.ts";

/**
 * Ends the far process along with the program that reaches it: not every program does that by itself.
 * `docker exec` leaves its process in the container, and a shared connection of `ssh` leaves a busy
 * loop behind.
 */
export class RemoteKillTransport extends ForwardingTransport {
  readonly exited: Promise<ExitStatus>;
  readonly #kill: () => Promise<void>;
  #killed: Promise<void> | undefined;
  #isOver = false;
  #sent: "SIGTERM" | "SIGKILL" = "SIGTERM";

  /** @param kill Ends the far process. It never rejects, and ends within bounded time. */
  constructor(transport: Transport, kill: () => Promise<void>) {
    super(transport);
    this.#kill = kill;
    this.exited = transport.exited.then(async (status) => {
      this.#isOver = true;
      if (this.#killed === undefined) return status;
      await this.#killed;
      // The near program reports its own end, not by which signal the far process has ended.
      return { code: null, signal: this.#sent };
    });
  }

  override abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isOver) return;
    this.#sent = signal;
    this.#killed ??= this.#kill();
    super.abort(signal);
  }
}
