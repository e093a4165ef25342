/**
 * Opens the sessions of gateways behind servers. It is loaded by the first start of one.
 *
 * @module
 */

import { entriesOf, PERMISSION_KINDS, type PermissionSet } from "../permissions/permissions.ts";
import type { RequestedSet, SessionRequest } from "../protocol/auth_request.ts";
import { openInstalled } from "./installvia/installed_server.ts";
import type { ServerHosting } from "./installvia/server_host.ts";
import type { Machine } from "./machine/machine.ts";
import type { LaunchRequest } from "./machine/request.ts";
import { LateTransport } from "./streams/late.ts";
import type { Transport } from "./transport.ts";
import { tlsOf, tokenKeyOf } from "./tcp/credentials.ts";
import type { ServerOptions, TcpOptions } from "./tcp/keys.ts";
import type { SessionOptions } from "./tcp/session.ts";

/**
 * Begins a session of a server.
 *
 * @param hosting Starts the server that `installvia` asks for.
 * @throws {SpecError} or {@linkcode LaunchError}, if there is no token to begin it with.
 */
export function openSession(
  request: LaunchRequest<TcpOptions>,
  hosting: ServerHosting | undefined,
  machine: Machine,
  id: string,
): Transport {
  if (hosting === undefined) return openAt(request, machine, id);
  const { address, insecure } = request.options;
  return openInstalled({
    hosting,
    request,
    address,
    insecure: insecure === true,
    id,
    connect: (options) => openAt({ ...onServer(request), options }, machine, id),
  });
}

/** Begins a session of a running server. */
function openAt(
  request: LaunchRequest<ServerOptions>,
  { via, dial }: Machine,
  id: string,
): Transport {
  const options: SessionOptions = {
    address: request.options.address,
    key: tokenKeyOf(request.options),
    tls: tlsOf(request.options),
    request: sessionRequest(request),
    via,
    dial: dial && ((address) => dial(address, id)),
  };
  return new LateTransport(async (signal) => {
    const { openTcp } = await import("./tcp/session.ts");
    signal.throwIfAborted();
    return await openTcp(options, signal);
  });
}

/** An installed server was itself started with these settings, which its session inherits. */
function onServer<Options>(
  { options, id, connectTimeout, permissions, unstable }: LaunchRequest<Options>,
): LaunchRequest<Options> {
  return { options, id, connectTimeout, permissions, unstable, env: {} };
}

function sessionRequest(request: LaunchRequest): SessionRequest {
  const { permissions: { all, allow, deny }, unstable, env } = request;
  const { id = "", chdir = "", nice = 0, deno = "" } = request;
  return {
    name: id,
    all,
    allow: requested(allow),
    deny: requested(deny),
    env: { ...env },
    chdir,
    nice,
    deno,
    unstable,
  };
}

function requested(set: PermissionSet): RequestedSet {
  const entries = PERMISSION_KINDS.map((kind) => [kind, entriesOf(set, kind)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value === true || value.length > 0));
}
