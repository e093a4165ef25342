/**
 * A server that is started for one session, on the machine of another gateway.
 *
 * The server runs as an execution of a gateway of its own behind that other one. So it ends as
 * everything behind a gateway does, and the grants that it needs are not the other gateway's.
 *
 * @module
 */

import { type ExecnetError, LaunchError, RemoteError } from "../../errors.ts";
import { messageOf } from "../../internal/errors.ts";
import { SHELL } from "../../internal/shell.ts";
import type { LaunchRequest } from "../machine/request.ts";
import { LateTransport } from "../streams/late.ts";
import { type Address, formatAddress, isPort } from "../tcp/address.ts";
import type { ServerOptions } from "../tcp/keys.ts";
import { Secret } from "../tcp/secret.ts";
import type { Transport } from "../transport.ts";
import { InstalledSession } from "./installed_session.ts";
import type { HostSettings, ServerHost, ServerHosting } from "./server_host.ts";
import { type ServerArgs, serverProgram } from "./server_program.ts";

const TOKEN_BYTES = 32;

/** A server to start, and the session to begin there. */
export interface Installation {
  readonly hosting: ServerHosting;
  /** What the gateway was to be started with; the server's process gets most of it. */
  readonly request: LaunchRequest;
  /** Where the server is to listen; port 0 for any that is free. */
  readonly address: Address;
  /** Whether it may listen elsewhere than on its own machine. */
  readonly insecure: boolean;
  /** The gateway's id. */
  readonly id: string;
  /** Begins a session. */
  connect(server: ServerOptions): Transport;
}

/** Starts a server, in the background, and begins a session that it ends with. */
export function openInstalled(installation: Installation): Transport {
  const server = new InstalledServer(installation);
  const session = new LateTransport((signal) => server.start(signal));
  return new InstalledSession(session, server);
}

/** The server. */
export class InstalledServer {
  readonly #init: Installation;
  #host: ServerHost | undefined;
  #ended: Promise<Error | undefined> | undefined;
  #hasSession = false;

  constructor(installation: Installation) {
    this.#init = installation;
  }

  /** Whether its session has begun. */
  get hasSession(): boolean {
    return this.#hasSession;
  }

  /** Resolves when it has ended, with the error that ended it; undefined if it never ran. */
  get ended(): Promise<Error | undefined> | undefined {
    return this.#ended;
  }

  /** Ends it: asks, and after `timeout` milliseconds forces it. */
  async terminate(timeout: number): Promise<void> {
    await this.#host?.terminate({ timeout });
  }

  /**
   * Starts it and begins the session.
   *
   * @throws {LaunchError} if one of them fails.
   */
  async start(signal: AbortSignal): Promise<Transport> {
    const { request, address, insecure, connect } = this.#init;
    const { connectTimeout, permissions, unstable } = request;
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    try {
      const port = await this.#listen(signal, {
        ...address,
        insecure,
        token,
        permissions,
        unstable,
        waitMs: connectTimeout,
      });
      signal.throwIfAborted();
      const session = connect({
        address: { ...address, port },
        token: new Secret(token),
        tls: false,
      });
      this.#hasSession = true;
      return session;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Starts it, and returns the port that it listens on. */
  async #listen(signal: AbortSignal, args: ServerArgs): Promise<number> {
    const { hosting, request, id } = this.#init;
    const text = await serverProgram();
    signal.throwIfAborted();
    const host = this.#host = hosting.start(hostSettings(request, args), `${id}:server`);
    const { first: port, ended } = await host.run(text, args);
    this.#ended = ended;
    if (isPort(port)) return port;
    throw new LaunchError(`its server says that it listens on port ${port}`);
  }

  #failure(error: unknown): ExecnetError {
    const { id, hosting, address } = this.#init;
    if (error instanceof LaunchError) return error;
    const failed = `cannot start gateway ${id}:`;
    const message = messageOf(error);
    if (!(error instanceof RemoteError)) {
      return new LaunchError(`${failed} ${message}`, { cause: error });
    }
    const advice = error.name === "AddrInUse"
      ? "; name another port, or 0 for one that is free"
      : "";
    return new LaunchError(
      `${failed} its server cannot listen on ${formatAddress(address)} of the machine of gateway ` +
        `${hosting.machine.via}: ${message}${advice}`,
      { cause: error },
    );
  }
}

/** Returns the settings of the server's process, from which its session inherits. */
function hostSettings(
  { deno, chdir, nice, env, connectTimeout }: LaunchRequest,
  address: Address,
): HostSettings {
  const net = [formatAddress(address)];
  const permissions = { all: false, allow: { net, run: [SHELL], env: true }, deny: {} } as const;
  return { deno, chdir, nice, env, connectTimeout, permissions };
}
