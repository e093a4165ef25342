/**
 * Which clients count as one, and how many connections each of them may make.
 *
 * @module
 */

import { isLoopback } from "../transports/tcp/address.ts";

/** Groups of an IPv6 address that name a network: whoever has one has all addresses in it. */
const NETWORK_GROUPS = 4;

/** Returns what limits count as one host: an address, of IPv6 its network of 64 bits. */
export function hostOf(hostname: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(hostname);
  if (mapped !== null) return mapped[1];
  if (!hostname.includes(":") || hostname === "::1") return hostname;
  const [before, after] = hostname.replace(/%.*/, "").split("::")
    .map((part) => part === "" ? [] : part.split(":"));
  const zeros = after === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array(zeros).fill("0"), ...after ?? []];
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

/** Connections that a host may make at once: a client may start hundreds of gateways together. */
const BURST = 512;
const PER_SECOND = 128;
/** How long a host that has proven itself is not limited. */
const TRUSTED_MS = 10 * 60_000;
/** Hosts that are remembered; the one that was seen longest ago is forgotten first. */
const MAX_HOSTS = 10_000;

/**
 * Limits the rate of new connections, by host. It does not limit this machine, whose address all clients
 * of a tunnel or a proxy share, nor hosts that have proven themselves lately.
 */
export class RateLimits {
  readonly #hosts = new Map<string, { left: number; at: number }>();
  readonly #proven = new Map<string, number>();

  /** Counts a connection; returns why it is refused, if it is. */
  refuses(host: string, now: number = Date.now()): string | undefined {
    if (isLoopback(host) || now - (this.#proven.get(host) ?? -Infinity) < TRUSTED_MS) return;
    const { left, at } = this.#hosts.get(host) ?? { left: BURST, at: now };
    const refilled = Math.min(BURST, left + Math.max(0, now - at) / 1000 * PER_SECOND);
    remember(this.#hosts, host, { left: Math.max(0, refilled - 1), at: now });
    return refilled < 1 ? `its host makes more than ${PER_SECOND} connections a second` : undefined;
  }

  /** A host has proven itself. */
  prove(host: string, now: number = Date.now()): void {
    this.#hosts.delete(host);
    if (!isLoopback(host)) remember(this.#proven, host, now);
  }
}

function remember<T>(map: Map<string, T>, host: string, value: T): void {
  map.delete(host);
  map.set(host, value);
  if (map.size <= MAX_HOSTS) return;
  const [oldest] = map.keys();
  map.delete(oldest);
}
