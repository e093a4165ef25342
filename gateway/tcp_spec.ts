/**
 * The keys that a spec with `tcp=` has besides the common ones.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { Secret } from "./secret.ts";

/** The keys, in the order in which messages name them. */
export const TCP_KEYS = ["token", "token_file", "tls", "ca"] as const;

/** What those keys say. */
export interface TcpSpec {
  token?: Secret;
  token_file?: string;
  tls: boolean;
  ca?: string;
}

/** Takes the keys of a spec; nothing where it has none of them. */
export function tcpSpecOf(
  entries: ReadonlyMap<string, unknown>,
  isTcp: boolean,
): TcpSpec | undefined {
  const given = TCP_KEYS.filter((key) => entries.has(key));
  if (given.length === 0) return undefined;
  if (!isTcp) {
    throw new SpecError(`the key "${given[0]}" goes with "tcp" alone`);
  }
  const tls = entries.get("tls");
  if (tls !== undefined && tls !== true) throw new SpecError(`the key "tls" takes no value`);
  const [token, token_file, ca] = (["token", "token_file", "ca"] as const)
    .map((key) => textOf(entries, key));
  if (token !== undefined && token_file !== undefined) {
    throw new SpecError(`the keys "token" and "token_file" exclude each other`);
  }
  return {
    ...(token === undefined ? {} : { token: new Secret(token) }),
    ...(token_file === undefined ? {} : { token_file }),
    tls: tls === true || ca !== undefined,
    ...(ca === undefined ? {} : { ca }),
  };
}

/** The keys to show again, in an object: all but the token. */
export function shownTcpSpec(tcp: TcpSpec | undefined): Omit<TcpSpec, "token"> | undefined {
  if (tcp === undefined) return undefined;
  const { token: _, ...shown } = tcp;
  return shown;
}

function textOf(entries: ReadonlyMap<string, unknown>, key: string): string | undefined {
  const value = entries.get(key);
  if (value === undefined) return undefined;
  if (typeof value === "string" && value.trim() !== "" && !value.includes("\0")) return value;
  throw new SpecError(`the key "${key}" needs a value: ${key}=…`);
}
