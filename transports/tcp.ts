/**
 * Gateways behind a server.
 *
 * @module
 */

import { LaunchError } from "../errors.ts";
import type { ServerHosting } from "./installvia/server_host.ts";
import type { TransportKind } from "./kind.ts";
import { parseTcp, shownTcp, TCP_KEYS, type TcpOptions } from "./tcp/keys.ts";

interface PreparedOptions extends TcpOptions {
  /** Starts the server that `installvia` asks for. */
  readonly hosting?: ServerHosting;
  /** What opens sessions. */
  readonly opener?: typeof import("./session.ts");
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
    const opener = await import("./session.ts");
    if (installvia === undefined) return { ...options, opener };
    return { ...options, opener, hosting: await hosting(installvia) };
  },

  plan(request) {
    const { opener, hosting } = request.options;
    return {
      open(machine, id) {
        if (opener === undefined) throw new Error("a session is opened before it was prepared");
        return opener.openSession(request, hosting, machine, id);
      },
    };
  },

  explain: ({ request, id, tail }) =>
    new LaunchError(
      `cannot start gateway ${id} at ${request.options.value}: its session ended before it ` +
        `answered${tail}`,
    ),
};
