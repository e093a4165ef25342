/**
 * Delays after wrong proofs: each one from a host makes the next answer slower.
 *
 * @module
 */

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 4_000;
/** Hosts that are remembered; the one that failed longest ago is forgotten first. */
const MAX_HOSTS = 1_000;
const FORGET_AFTER_MS = 10 * 60_000;

/** Counts wrong proofs by host. */
export class Penalties {
  readonly #failures = new Map<string, { count: number; at: number }>();

  /** Counts a failure; returns how many there are, and the milliseconds to wait before the answer. */
  add(host: string, now: number = Date.now()): { count: number; delay: number } {
    const before = this.#failures.get(host);
    const count = before === undefined || now - before.at > FORGET_AFTER_MS ? 1 : before.count + 1;
    this.#failures.delete(host);
    this.#failures.set(host, { count, at: now });
    if (this.#failures.size > MAX_HOSTS) {
      const [oldest] = this.#failures.keys();
      this.#failures.delete(oldest);
    }
    return { count, delay: Math.min(FIRST_DELAY_MS * 2 ** (count - 1), MAX_DELAY_MS) };
  }

  /** Forgets a host that has authenticated. */
  clear(host: string): void {
    this.#failures.delete(host);
  }
}
