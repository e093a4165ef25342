/**
 * A process at the far side of a program such as `ssh` or `docker exec -i`.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { within } from "../../internal/wait.ts";
import type { ExitStatus, Transport } from "../transport.ts";
import { ForwardingTransport } from "./forward.ts";
import { ofShell } from "./shell_status.ts";

/** The most that what ends the far process has after SIGKILL. */
const MOST_LAST_MS = 500;
/** Time from SIGKILL until it is passed on to a program that ends the far process by itself. */
const LONGER_GRACE_MS = 1_500;
/** Time for the program that reaches the far process to end after it, and after SIGTERM. */
const NEAR_END_MS = 300;

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
  readonly #mark: string;
  readonly #nearExited: Promise<ExitStatus>;
  #report: ExitStatus | undefined;
  #killed: Promise<void> | undefined;
  #killedAt = 0;
  #isOver = false;
  #sent: "SIGTERM" | "SIGKILL" | undefined;

  /**
   * @param mark Opens the line on stderr by which the far side may tell the exit code.
   * @param kill Ends the far process. It never rejects, and ends soon after its signal is aborted.
   * Undefined if the program does so by itself.
   */
  constructor(
    transport: Transport,
    mark: string,
    kill?: (signal: AbortSignal) => Promise<void>,
  ) {
    super(transport);
    this.#mark = mark;
    this.#kill = kill;
    this.#nearExited = transport.exited;
    this.exited = transport.exited.then(async (status) => {
      this.#isOver = true;
      await this.#killed;
      // The near program reports its own end, not by which signal the far process has ended.
      return this.#sent === undefined
        ? ofShell(this.#report ?? status)
        : { code: null, signal: this.#sent };
    });
  }

  /** Takes the report of the far side. Then the near program has to end, too. */
  shownOf(line: string): string | undefined {
    const at = line.lastIndexOf(`${this.#mark}: `);
    if (at < 0) return line;
    const code = Number(line.slice(at + this.#mark.length + 2));
    if (Number.isInteger(code)) this.#report = { code, signal: null };
    this.#endNear();
    return at === 0 ? undefined : line.slice(0, at);
  }

  async #endNear(): Promise<void> {
    if (await within(this.#nearExited, NEAR_END_MS)) return;
    super.abort("SIGTERM");
    if (!await within(this.#nearExited, NEAR_END_MS)) super.abort("SIGKILL");
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
