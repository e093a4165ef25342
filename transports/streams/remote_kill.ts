/**
 * A process at the far side of a program such as `ssh` or `docker exec -i`.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../../internal/timers.ts";
import type { ExitStatus, Transport } from "../transport.ts";
import { ForwardingTransport } from "./forward.ts";
import { ofShell } from "./shell_status.ts";

/** The most that what ends the far process has after SIGKILL. */
const MOST_LAST_MS = 500;

/**
 * Ends the far process along with the program that reaches it: not every program does that by itself.
 * `docker exec` leaves its process in the container, and a shared connection of `ssh` leaves a busy
 * loop behind.
 */
export class RemoteKillTransport extends ForwardingTransport {
  readonly exited: Promise<ExitStatus>;
  readonly #kill: (signal: AbortSignal) => Promise<void>;
  readonly #giveUp = new AbortController();
  #killed: Promise<void> | undefined;
  #killedAt = 0;
  #isOver = false;
  #sent: "SIGTERM" | "SIGKILL" = "SIGTERM";

  /** @param kill Ends the far process. It never rejects, and ends soon after its signal is aborted. */
  constructor(transport: Transport, kill: (signal: AbortSignal) => Promise<void>) {
    super(transport);
    this.#kill = kill;
    this.exited = transport.exited.then(async (status) => {
      this.#isOver = true;
      if (this.#killed === undefined) return ofShell(status);
      await this.#killed;
      // The near program reports its own end, not by which signal the far process has ended.
      return { code: null, signal: this.#sent };
    });
  }

  override abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (signal === "SIGKILL") this.#limitKill();
    if (this.#isOver) return;
    this.#sent = signal;
    this.#startKill();
    super.abort(signal);
  }

  #startKill(): void {
    if (this.#killed !== undefined) return;
    this.#killedAt = performance.now();
    this.#killed = this.#kill(this.#giveUp.signal);
  }

  /** After SIGKILL, it has as long again as it had until then, within a bound. */
  #limitKill(): void {
    this.#startKill();
    const taken = performance.now() - this.#killedAt;
    const timer = setTimeout(() => this.#giveUp.abort(), Math.min(taken, MOST_LAST_MS));
    this.#killed?.finally(() => clearTimer(timer));
  }
}
