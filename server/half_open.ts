/**
 * Limits connections in their handshake: few at once, and each for a short time.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../internal/timers.ts";
import type { ServerConnection } from "./connection.ts";

/** Bounds of half-open connections. */
export interface HalfOpenLimits {
  /** How many there may be at once. */
  max: number;
  /** Milliseconds that each handshake may take. */
  timeout: number;
}

/** The slot of one half-open connection. */
export interface HalfOpenSlot {
  /** Resolves with the reason if the slot is revoked; the connection is closed then. */
  readonly revoked: Promise<string>;
  /** The reason, once the slot has been revoked. */
  readonly revokedReason: string | undefined;
  /** Frees the slot: the handshake is over, or the connection closed. */
  release(): void;
}

/**
 * The half-open connections of a server. If there are too many, the oldest is closed: a client that
 * proceeds with its handshake needs milliseconds, so a flood does not keep it out.
 */
export class HalfOpenConnections {
  readonly #limits: HalfOpenLimits;
  readonly #revoke = new Set<(reason: string) => void>();

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
  }

  /** Adds a connection. */
  add(connection: ServerConnection): HalfOpenSlot {
    const revoked = Promise.withResolvers<string>();
    let revokedReason: string | undefined;
    const release = () => {
      clearTimer(timer);
      this.#revoke.delete(revoke);
    };
    const revoke = (reason: string) => {
      release();
      revokedReason = reason;
      connection.close();
      revoked.resolve(reason);
    };
    const { max, timeout } = this.#limits;
    const timer = setTimeout(() => revoke(`the handshake took more than ${timeout} ms`), timeout);
    if (this.#revoke.size >= max) {
      const [revokeOldest] = this.#revoke;
      revokeOldest(`more than ${max} connections were in their handshake, and it was the oldest`);
    }
    this.#revoke.add(revoke);
    return {
      revoked: revoked.promise,
      get revokedReason() {
        return revokedReason;
      },
      release,
    };
  }

  /** Closes all. */
  clear(reason: string): void {
    for (const revoke of [...this.#revoke]) revoke(reason);
  }
}
