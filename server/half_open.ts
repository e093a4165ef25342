/**
 * Limits connections in their handshake: few at once, and each for a short time. Clients that have
 * proven themselves have places of their own, which strangers cannot take.
 *
 * @module
 */

import { clearTimer, setTimeout } from "../internal/timers.ts";
import type { ServerConnection } from "./connection.ts";

/** Bounds of half-open connections. */
export interface HalfOpenLimits {
  /** How many there may be at once of strangers, and again of proven clients. */
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
  /** The client has proven itself: takes a place among its like. */
  prove(): void;
  /** Frees the slot: the handshake is over, or the connection closed. */
  release(): void;
}

type Revoke = (reason: string) => void;

/** Milliseconds for which nobody takes a place away. */
const LEAST_STAY_MS = 100;

/** The half-open connections of a server. */
export class HalfOpenConnections {
  readonly #limits: HalfOpenLimits;
  readonly #strangers: Places;
  readonly #proven: Places;

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits;
    this.#strangers = new Places(limits.max);
    this.#proven = new Places(limits.max);
  }

  /**
   * Resolves when one more takes nobody's place who has only just come. A burst waits in the system's queue
   * meanwhile: without that, it would displace others before their first byte is read.
   */
  async room(): Promise<void> {
    for (let ms = this.#strangers.wait(); ms > 0; ms = this.#strangers.wait()) {
      await new Promise<void>((resolve) => setTimeout(resolve, ms));
    }
  }

  /** Adds the connection of a stranger. */
  add(connection: ServerConnection): HalfOpenSlot {
    const { host } = connection;
    const revoked = Promise.withResolvers<string>();
    let revokedReason: string | undefined;
    let places = this.#strangers;
    const release = () => {
      clearTimer(timer);
      places.remove(host, revoke);
    };
    const revoke = (reason: string) => {
      release();
      revokedReason = reason;
      connection.close();
      revoked.resolve(reason);
    };
    const { timeout } = this.#limits;
    const timer = setTimeout(() => revoke(`the handshake took more than ${timeout} ms`), timeout);
    places.add(host, revoke);
    return {
      revoked: revoked.promise,
      get revokedReason() {
        return revokedReason;
      },
      prove: () => {
        if (!places.remove(host, revoke)) return; // it was revoked
        places = this.#proven;
        places.add(host, revoke);
      },
      release,
    };
  }

  /** Closes all. */
  clear(reason: string): void {
    this.#strangers.clear(reason);
    this.#proven.clear(reason);
  }
}

/**
 * Places for a number of connections. If there are too many, the host that has the most loses its
 * oldest: so one host takes places from itself. A client that proceeds with its handshake needs
 * milliseconds, so a flood from its own host does not keep it out either.
 */
class Places {
  readonly #max: number;
  /** Since when each has its place, the oldest first. */
  readonly #byHost = new Map<string, Map<Revoke, number>>();
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Returns the milliseconds until there is a place, or one that may be taken away. */
  wait(): number {
    const [oldest] = this.#next() ?? [];
    return oldest === undefined ? 0 : oldest[1] + LEAST_STAY_MS - performance.now();
  }

  add(host: string, revoke: Revoke): void {
    const [oldest] = this.#next() ?? [];
    oldest?.[0](
      `more than ${this.#max} connections were in their handshake, and it was the oldest of its host`,
    );
    const held = this.#byHost.get(host) ?? new Map();
    this.#byHost.set(host, held.set(revoke, performance.now()));
    this.#count++;
  }

  /** Returns the places of the host that is to lose one; undefined if there is a place left. */
  #next(): Map<Revoke, number> | undefined {
    if (this.#count < this.#max) return undefined;
    return Array.from(this.#byHost.values()).reduce((a, b) => b.size > a.size ? b : a);
  }

  /** Returns whether it had a place. */
  remove(host: string, revoke: Revoke): boolean {
    const held = this.#byHost.get(host);
    if (!held?.delete(revoke)) return false;
    if (held.size === 0) this.#byHost.delete(host);
    this.#count--;
    return true;
  }

  clear(reason: string): void {
    for (const held of [...this.#byHost.values()]) {
      for (const revoke of [...held.keys()]) revoke(reason);
    }
  }
}
