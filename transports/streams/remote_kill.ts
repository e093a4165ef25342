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
/** Time from SIGKILL until it is passed on to a program that ends the far process by itself. */
const LONGER_GRACE_MS = 1_500;

/**
 * Ends the far process along with the program that reaches it: not every program does that by itself.
 * `docker exec` leaves its process in the container, and a shared connection of `ssh` leaves a busy
 * loop behind. A program that does, such as `srun`, gets SIGKILL later: an allocation that it has not
 * given back by then is left.
 */
export class RemoteKillTransport extends ForwardingTransport {
  readonly exited: Promise<ExitStatus>;
  readonly #kill: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly #giveUp = new AbortController();
  #killed: Promise<void> | undefined;
  #killedAt = 0;
  #isOver = false;
  #sent: "SIGTERM" | "SIGKILL" | undefined;

  /**
   * @param kill Ends the far process. It never rejects, and ends soon after its signal is aborted.
   * Undefined if the program does so by itself.
   */
  constructor(transport: Transport, kill?: (signal: AbortSignal) => Promise<void>) {
    super(transport);
    this.#kill = kill;
    this.exited = transport.exited.then(async (status) => {
      this.#isOver = true;
      await this.#killed;
      // The near program reports its own end, not by which signal the far process has ended.
      return this.#sent === undefined ? ofShell(status) : { code: null, signal: this.#sent };
    });
  }

  override abort(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isOver) {
      if (signal === "SIGKILL") this.#limitKill();
      return;
    }
    this.#sent = signal;
    this.#startKill();
    if (signal === "SIGTERM") return super.abort(signal);
    if (this.#kill !== undefined) {
      this.#limitKill();
      return super.abort(signal);
    }
    const timer = setTimeout(() => super.abort(signal), LONGER_GRACE_MS);
    this.exited.finally(() => clearTimer(timer));
  }

  #startKill(): void {
    if (this.#killed !== undefined) return;
    this.#killedAt = performance.now();
    this.#killed = this.#kill?.(this.#giveUp.signal);
  }

  /** After SIGKILL, it has as long again as it had until then, within a bound. */
  #limitKill(): void {
    const taken = performance.now() - this.#killedAt;
    const timer = setTimeout(() => this.#giveUp.abort(), Math.min(taken, MOST_LAST_MS));
    this.#killed?.finally(() => clearTimer(timer));
  }
}
