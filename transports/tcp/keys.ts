/**
 * The keys of a spec with `tcp`.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";
import { defined } from "../../internal/defined.ts";
import type { SpecReader } from "../spec_reader.ts";
import { type Address, isLoopback, parseAddress } from "./address.ts";
import { Secret } from "./secret.ts";

/** The keys of a spec for a gateway behind a server. */
export interface TcpKeys {
  /** A server: `host:port`. */
  tcp?: string;
  /** The same as `tcp`. */
  socket?: string;
  /** With `tcp`: the server's token. It is not in the `spec` of the gateway. */
  token?: string;
  /** With `tcp`: a file that holds the token; default: the one in which a server keeps it. */
  token_file?: string;
  /** With `tcp`: talk TLS, and trust the certificates of the system. */
  tls?: boolean;
  /** With `tcp`: talk TLS, and trust the certificates in this PEM file. */
  ca?: string;
  /**
   * With `tcp`: id of the gateway that starts a server for this one session there, at `host:port` or
   * at a port of 127.0.0.1; port 0 is any that is free. Its token is a new one.
   */
  installvia?: string;
  /** With `installvia`: the server may listen elsewhere than on its own machine, without TLS. */
  insecure?: boolean;
}

/** Those that go with `tcp` alone, in the order in which messages name them. */
export const TCP_KEYS = ["token", "token_file", "tls", "ca", "installvia", "insecure"] as const;
/** Keys that identify a running server, and so do not go with `installvia`. */
const SERVER_KEYS = ["token", "token_file", "tls", "ca"] as const;
/** Where an installed server listens if its spec names a port alone. */
const INSTALL_HOSTNAME = "127.0.0.1";

/** A server, and how to talk to it. */
export interface ServerOptions {
  readonly address: Address;
  readonly token?: Secret;
  readonly token_file?: string;
  readonly tls: boolean;
  readonly ca?: string;
}

/** What the keys say. */
export interface TcpOptions extends ServerOptions {
  /** The address as given. */
  readonly value: string;
  readonly installvia?: string;
  readonly insecure?: true;
}

/**
 * Parses the keys of a spec.
 *
 * @throws {SpecError} for an address that is none, and for keys that do not go together.
 */
export function parseTcp(spec: SpecReader): TcpOptions {
  const value = spec.text("socket") ?? spec.required("tcp");
  const tls = spec.flag("tls");
  if (spec.flag("insecure") && !spec.has("installvia")) {
    throw new SpecError(`the key "insecure" goes with "installvia" alone`);
  }
  const installvia = spec.text("installvia");
  if (installvia !== undefined) return parseInstalled(spec, installvia, value);
  const [token, token_file, ca] = ["token", "token_file", "ca"].map((key) => spec.text(key));
  if (token !== undefined && token_file !== undefined) {
    throw new SpecError(`the keys "token" and "token_file" exclude each other`);
  }
  const address = parseAddress(value);
  if (address === undefined || address.port === 0) {
    throw new SpecError(
      `the key "tcp" is host:port, or [address]:port for IPv6, not "${value}"`,
    );
  }
  return {
    value,
    address,
    tls: tls || ca !== undefined,
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...defined({ token_file, ca }),
  };
}

function parseInstalled(spec: SpecReader, installvia: string, value: string): TcpOptions {
  const known = SERVER_KEYS.find((key) => spec.has(key));
  if (known !== undefined) {
    throw new SpecError(
      `the key "${known}" is for a server that is there; "installvia" starts one with a token of its ` +
        `own, and without TLS`,
    );
  }
  const address = parseAddress(value, INSTALL_HOSTNAME);
  if (address === undefined) {
    throw new SpecError(
      `with "installvia", the key "tcp" is host:port, [address]:port for IPv6, or a port, not "${value}"`,
    );
  }
  const { hostname } = address;
  const insecure = spec.flag("insecure");
  if (!isLoopback(hostname) && !insecure) {
    throw new SpecError(
      `refusing to install a server on ${hostname}, without TLS: anybody on the network path could ` +
        `read and change the traffic of the session, and take it over. Connect through the gateway, ` +
        `by tcp=0//installvia=${installvia}//via=${installvia}, or set "insecure" if you trust the ` +
        `network`,
    );
  }
  return { value, address, tls: false, installvia, ...(insecure ? { insecure } : {}) };
}

/** Returns the keys and their values, but not the token. */
export function shownTcp(options: TcpOptions): TcpKeys {
  const { value, token_file, tls, ca, installvia, insecure } = options;
  return {
    tcp: value,
    ...defined({ token_file, tls: tls || undefined, ca, installvia, insecure }),
  };
}
