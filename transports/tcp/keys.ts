/**
 * The keys that a spec with `tcp=` has besides the common ones.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";
import type { Address } from "./socket.ts";
import { Secret } from "./secret.ts";
import type { SpecEntries } from "../../spec/entries.ts";
import { isLoopback, parseAddress } from "./address.ts";

/** The keys, in the order in which messages name them. */
export const TCP_KEYS = ["token", "token_file", "tls", "ca", "installvia", "insecure"] as const;
/** What says which server it is: one that is installed is known. */
const SERVER_KEYS = ["token", "token_file", "tls", "ca"] as const;
/** Where a server is that is installed, if its spec names a port alone. */
const INSTALL_HOSTNAME = "127.0.0.1";

/** What those keys say. */
export interface TcpSpec {
  token?: Secret;
  token_file?: string;
  tls: boolean;
  ca?: string;
  installvia?: string;
  insecure?: boolean;
}

/** Takes the keys of a spec with this address, if any; nothing where it has none of them. */
export function tcpSpecOf(
  entries: SpecEntries,
  address: string | undefined,
): TcpSpec | undefined {
  const given = TCP_KEYS.filter((key) => entries.has(key));
  if (given.length === 0) return undefined;
  if (address === undefined) {
    throw new SpecError(`the key "${given[0]}" goes with "tcp" alone`);
  }
  const tls = entries.flag("tls");
  if (entries.flag("insecure") && !entries.has("installvia")) {
    throw new SpecError(`the key "insecure" goes with "installvia" alone`);
  }
  const installvia = entries.text("installvia");
  if (installvia !== undefined) return installedSpec(entries, installvia, address);
  const [token, token_file, ca] = (["token", "token_file", "ca"] as const)
    .map((key) => entries.text(key));
  if (token !== undefined && token_file !== undefined) {
    throw new SpecError(`the keys "token" and "token_file" exclude each other`);
  }
  return {
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...(token_file === undefined ? {} : { token_file }),
    tls: tls || ca !== undefined,
    ...(ca === undefined ? {} : { ca }),
  };
}

function installedSpec(
  entries: SpecEntries,
  installvia: string,
  address: string,
): TcpSpec {
  const known = SERVER_KEYS.find((key) => entries.has(key));
  if (known !== undefined) {
    throw new SpecError(
      `the key "${known}" is for a server that is there; "installvia" starts one with a token of its ` +
        `own, and without TLS`,
    );
  }
  const insecure = entries.flag("insecure");
  const where = installAddress(address);
  if (!isLoopback(where.hostname) && !insecure) {
    throw new SpecError(
      `refusing to install a server on ${where.hostname}, without TLS: whoever is on the way could ` +
        `read and change what is said, and take it over. Connect through the gateway, by ` +
        `tcp=0//installvia=${installvia}//via=${installvia}, or say "insecure" if the network is one ` +
        `that you trust`,
    );
  }
  return { tls: false, installvia, ...(insecure ? { insecure } : {}) };
}

/**
 * Where a server is to be installed: `host:port`, or the port alone.
 *
 * @throws {SpecError} where it is neither.
 */
export function installAddress(text: string): Address {
  const address = parseAddress(text, INSTALL_HOSTNAME);
  if (address !== undefined) return address;
  throw new SpecError(
    `with "installvia", the key "tcp" is host:port, [address]:port for IPv6, or a port, not "${text}"`,
  );
}
