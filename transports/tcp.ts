/**
 * Gateways behind a server.
 *
 * @module
 */

import { LaunchError } from "../errors.ts";
import { entriesOf, PERMISSION_KINDS, type PermissionSet } from "../permissions/permissions.ts";
import type { RequestedSet, SessionRequest } from "../protocol/auth_request.ts";
import { openInstalled } from "./installvia/installed_server.ts";
import type { ServerHosting } from "./installvia/server_host.ts";
import type { TransportKind } from "./kind.ts";
import type { Plan } from "./machine/plan.ts";
import type { LaunchRequest } from "./machine/request.ts";
import { tlsOf, tokenKeyOf } from "./tcp/credentials.ts";
import { parseTcp, type ServerOptions, shownTcp, TCP_KEYS, type TcpOptions } from "./tcp/keys.ts";
import type { SessionOptions } from "./tcp/session.ts";
import { LateTransport } from "./streams/late.ts";

interface PreparedOptions extends TcpOptions {
  /** Starts the server that `installvia` asks for. */
  readonly hosting?: ServerHosting;
}

/** `tcp`: a server that runs already, or is started for this one session. */
export const tcp: TransportKind<PreparedOptions> = {
  key: "tcp",
  aliases: ["socket"],
  keys: TCP_KEYS,
  isNetworked: true,

  parse: parseTcp,

  shown: (options) => ({ ...shownTcp(options) }),

  isServed: ({ installvia }) => installvia === undefined,

  requires: ({ installvia }) => installvia === undefined ? [] : [installvia],

  async prepare({ options }, { hosting }) {
    const { installvia } = options;
    return installvia === undefined ? options : { ...options, hosting: await hosting(installvia) };
  },

  plan(request) {
    const { hosting, address, insecure } = request.options;
    if (hosting === undefined) return sessionPlan(request);
    return {
      open(machine, id) {
        const connect = (options: ServerOptions) =>
          sessionPlan({ ...onServer(request), options }).open(machine, id);
        return openInstalled({
          hosting,
          request,
          address,
          insecure: insecure === true,
          id,
          connect,
        });
      },
    };
  },

  explain: ({ request, id, tail }) =>
    new LaunchError(
      `cannot start gateway ${id} at ${request.options.value}: its session ended before it ` +
        `answered${tail}`,
    ),
};

/** Returns what begins a session of a running server. */
function sessionPlan(request: LaunchRequest<ServerOptions>): Plan {
  return {
    open({ via, dial }, id) {
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
    },
  };
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
