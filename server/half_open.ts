/**
 * Connections that have not proven themselves yet: few, and not for long.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../internal/timers.ts";
import type { ServerConnection } from "./connection.ts";

/** What is allowed of them. */
export interface HalfOpenLimits {
  /** How many at once. */
  most: number;
  /** Milliseconds that each may take. */
  timeout: number;
}

/** A place among the half-open connections. */
export interface Place {
  /** Resolves with the reason when the place is lost; the connection is closed then. */
  readonly lost: Promise<string>;
  /** Why the place was lost, once it was. */
  readonly lostReason: string | undefined;
  /** Gives the place back: the connection is through, or closed. */
  leave(): void;
}

/**
 * Gives places to half-open connections. Where there is none left, the oldest loses its own: a
 * client that goes on with the handshake needs milliseconds, so a flood does not keep it out.
 */
export class HalfOpen {
  readonly #limits: HalfOpenLimits;
  readonly #lose = new Set<(reason: string) => void>();

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
  }

  /** How many there are. */
  get size(): number {
    return this.#lose.size;
  }

  /** Takes a place. */
  enter(connection: ServerConnection): Place {
    const lost = Promise.withResolvers<string>();
    let lostReason: string | undefined;
    const leave = () => {
      clearTimer(timer);
      this.#lose.delete(lose);
    };
    const lose = (reason: string) => {
      leave();
      lostReason = reason;
      connection.close();
      lost.resolve(reason);
    };
    const { most, timeout } = this.#limits;
    const timer = setTimeout(() => lose(`the handshake took more than ${timeout} ms`), timeout);
    if (this.#lose.size >= most) {
      const [oldest] = this.#lose;
      oldest(`more than ${most} connections were in their handshake, and it was the oldest`);
    }
    this.#lose.add(lose);
    return {
      lost: lost.promise,
      get lostReason() {
        return lostReason;
      },
      leave,
    };
  }

  /** Closes all. */
  clear(reason: string): void {
    for (const lose of [...this.#lose]) lose(reason);
  }
}
