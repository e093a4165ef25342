/**
 * TCP addresses and their text form.
 *
 * @module
 */

/** Where a server listens. */
export interface Address {
  hostname: string;
  port: number;
}

const MAX_PORT = 65_535;

/** Parses `host:port`, `[ipv6]:port` or, with a default host name, `port`. Returns undefined for other texts. */
export function parseAddress(text: string, defaultHostname?: string): Address | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const hostname = match[1] ?? match[2] ?? defaultHostname;
  const port = Number(match[3]);
  return hostname === undefined || port > MAX_PORT ? undefined : { hostname, port };
}

/** Formats an address as `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ hostname, port }: Address): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Returns whether a value is a port that a server can listen on. */
export function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= MAX_PORT;
}

/** Returns whether a host name means this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
