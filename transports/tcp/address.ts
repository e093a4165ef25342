/**
 * Addresses as text.
 *
 * @module
 */

import type { Address } from "./socket.ts";

const MAX_PORT = 65_535;

/** Reads `host:port`, `[ipv6]:port` or `port`; nothing where it is none of them. */
export function parseAddress(text: string, defaultHostname?: string): Address | undefined {
  const match = /^(?:(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const hostname = match[1] ?? match[2] ?? defaultHostname;
  const port = Number(match[3]);
  return hostname === undefined || port > MAX_PORT ? undefined : { hostname, port };
}

/** Whether it names this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
