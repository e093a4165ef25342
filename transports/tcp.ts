/**
 * Gateways behind a server.
 *
 * @module
 */

import { LaunchError, SpecError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import { TokenKey } from "../protocol/auth.ts";
import type { RequestedSet, SessionRequest } from "../protocol/auth_request.ts";
import type { TlsOptions } from "./tcp/socket.ts";
import type { TcpPlan } from "./machine/plan.ts";
import type { Launcher } from "./kind.ts";
import { entriesOf, PERMISSION_KINDS, type PermissionSet } from "../permissions/permissions.ts";
import type { ResolvedSpec } from "../spec/spec.ts";
import { parseAddress } from "./tcp/address.ts";
import type { TcpSpec } from "./tcp/keys.ts";
import { defaultTokenFile, tokenOf } from "./tcp/token_file.ts";

/** The launcher of `tcp`. */
export const tcp: Launcher = {
  plan(spec): TcpPlan {
    const { transport, tcp = { tls: false } } = spec;
    if (transport.kind !== "tcp") throw new TypeError("not a tcp spec");
    const address = parseAddress(transport.value);
    if (address === undefined || address.port === 0) {
      throw new SpecError(
        `the key "tcp" is host:port, or [address]:port for IPv6, not "${transport.value}"`,
      );
    }
    return {
      kind: "tcp",
      address,
      key: keyOf(tcp),
      request: sessionRequest(spec),
      ...(tcp.tls ? { tls: tlsOf(tcp) } : {}),
    };
  },

  explain({ spec, id, tail }) {
    const address = spec.transport.kind === "tcp" ? spec.transport.value : "";
    return new LaunchError(
      `cannot start gateway ${id} at ${address}: its session ended before it answered${tail}`,
    );
  },
};

/** What a spec asks of a server. */
export function sessionRequest(spec: ResolvedSpec): SessionRequest {
  const { permissions: { all, allow, deny }, env, chdir = "", nice = 0, deno = "" } = spec;
  return {
    name: spec.id ?? "",
    all,
    allow: requested(allow),
    deny: requested(deny),
    env: { ...env },
    chdir,
    nice,
    deno,
  };
}

function requested(set: PermissionSet): RequestedSet {
  const entries = PERMISSION_KINDS.map((kind) => [kind, entriesOf(set, kind)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value === true || value.length > 0));
}

function keyOf({ token, token_file }: TcpSpec): TokenKey {
  const text = token?.reveal() ?? readToken(token_file);
  try {
    return new TokenKey(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SpecError(
      `the key "${token === undefined ? "token_file" : "token"}": ${error.message}`,
    );
  }
}

function readToken(file: string | undefined = defaultTokenFile()): string {
  if (file === undefined) {
    throw new SpecError(`a spec with "tcp" needs token=… or token_file=path`);
  }
  return tokenOf(readFile("token_file", file));
}

function tlsOf({ ca }: TcpSpec): TlsOptions {
  return ca === undefined ? {} : { ca: readFile("ca", ca) };
}

function readFile(key: string, path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    const why = messageOf(cause);
    const advice = cause instanceof Deno.errors.NotCapable
      ? `; this process needs --allow-read=${path}`
      : key === "token_file"
      ? `; a server creates it when it starts, and its clients need a copy`
      : "";
    throw new LaunchError(`cannot read ${key}=${path}: ${why}${advice}`, { cause });
  }
}
