/**
 * The server: it listens, and runs sessions.
 *
 * @module
 */

import { messageOf } from "../internal/errors.ts";
import { checkOptions, MILLISECONDS, type OptionRules } from "../internal/arguments.ts";
import { MAX_TIMER_MS } from "../internal/wait.ts";
import { popenProcess } from "../transports/popen.ts";
import { END_WITH_PARENT } from "../transports/shell/parts.ts";
import { type ProcessOptions, SpawnError } from "../transports/streams/group_leader.ts";
import type { ProcessSettings } from "../transports/machine/request.ts";
import { Refusal } from "../protocol/auth.ts";
import { RefusalCode } from "../protocol/auth_messages.ts";
import type { SessionRequest } from "../protocol/auth_request.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import { formatAddress } from "../transports/tcp/address.ts";
import { sessionSettings } from "./ceiling.ts";
import { resolveOptions, type ServeOptions, type ServerConfig } from "./options.ts";
import { Acceptor, type AuthenticatedClient, type SessionHost } from "./acceptor.ts";
import { ServerSession } from "./session.ts";

/** Options of {@linkcode Server.shutdown}. */
export interface ShutdownOptions {
  /**
   * Milliseconds that sessions have to end by themselves before they are ended. Default 10,000;
   * `Infinity` for no limit.
   */
  timeout?: number;
}

const SHUTDOWN_OPTIONS: OptionRules<ShutdownOptions> = { timeout: MILLISECONDS };

const DEFAULT_DRAIN_MS = 10_000;
const NAME_CHARACTERS = 100;

/** A server of gateways. {@linkcode serve} makes it. */
export class Server implements AsyncDisposable {
  /** Where it listens. */
  readonly address: Deno.NetAddr;
  /** Resolves when it has ended, by {@linkcode Server.shutdown} or after its one session. */
  readonly finished: Promise<void>;
  readonly #config: ServerConfig;
  readonly #listener: Deno.TcpListener;
  readonly #listening: Promise<void>;
  readonly #acceptor: Acceptor;
  readonly #sessions = new Set<ServerSession>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #drainTimers = new Set<Timer>();
  /** Sessions that run or are about to run. */
  #reserved = 0;
  #shutdown: Promise<void> | undefined;

  /** Use {@linkcode serve}. */
  constructor(options: ServeOptions) {
    const config = this.#config = resolveOptions(options);
    const { hostname, port, tls, maxSessions, log } = config;
    this.#listener = Deno.listen({ hostname, port });
    this.address = this.#listener.addr;
    this.finished = this.#finished.promise;
    const host: SessionHost = {
      reserve: (request) => this.#reserve(request),
      begin: (client) => this.#begin(client),
    };
    this.#acceptor = new Acceptor(config, host);
    log({
      event: "listening",
      address: formatAddress(this.address),
      tls: tls !== undefined,
      maxSessions,
    });
    for (const message of config.warnings) log({ event: "warning", message });
    this.#listening = this.#listen();
    const { signal } = config;
    const shutdown = () => void this.shutdown();
    signal?.addEventListener("abort", shutdown);
    this.finished.then(() => signal?.removeEventListener("abort", shutdown));
    if (signal?.aborted) shutdown();
  }

  /** How many sessions run now. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /**
   * Ends it: accepts no more connections, waits for sessions to end by themselves, then ends them. A
   * second call with less time shortens the wait.
   *
   * @throws {TypeError} or a RangeError, if an option is unknown, or of a wrong type.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<void> {
    checkOptions("shutdown", options, SHUTDOWN_OPTIONS);
    const { timeout = DEFAULT_DRAIN_MS } = options;
    const first = this.#shutdown === undefined;
    this.#shutdown ??= this.#stop(timeout);
    if (!first) this.#endSessionsIn(timeout);
    await this.#shutdown;
  }

  /** Ends it now, its sessions too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown({ timeout: 0 });
  }

  async #listen(): Promise<void> {
    let isWorking = true;
    for (;;) {
      try {
        await this.#acceptor.room();
        this.#acceptor.accept(await this.#listener.accept());
        isWorking = true;
      } catch (error) {
        if (this.#shutdown !== undefined) return;
        // There may be no descriptor left, or the client is gone already: the server goes on.
        if (isWorking) {
          this.#config.log({ event: "warning", message: `cannot accept a connection: ${error}` });
        }
        isWorking = false;
        await new Promise<void>((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  #reserve(request: SessionRequest): () => void {
    sessionSettings(request, this.#config.ceiling);
    const { maxSessions, once } = this.#config;
    if (this.#shutdown !== undefined) {
      throw new Refusal(RefusalCode.BUSY, "the server is shutting down");
    }
    if (this.#reserved >= (once ? 1 : maxSessions)) {
      const why = once ? "it has a session, and is for one alone" : `${maxSessions} sessions run`;
      throw new Refusal(RefusalCode.BUSY, `the server takes no more: ${why}`);
    }
    this.#reserved++;
    return () => void this.#reserved--;
  }

  async #begin({ session: id, request, control, data }: AuthenticatedClient): Promise<void> {
    const settings = sessionSettings(request, this.#config.ceiling);
    const session = await this.#start(settings, { control, data });
    this.#sessions.add(session);
    const { log } = this.#config;
    const start = performance.now();
    const about = { session: id.slice(0, 8), peer: control.peer };
    const name = request.name.slice(0, NAME_CHARACTERS);
    log({ event: "accepted", ...about, name, pid: session.pid });
    session.ended.then((end) => {
      this.#sessions.delete(session);
      this.#reserved--;
      const seconds = Math.round(performance.now() - start) / 1000;
      log({ event: "ended", ...about, ...end, seconds });
      if (this.#config.once) this.shutdown();
    });
    if (this.#shutdown !== undefined) session.end("the server is shutting down");
  }

  async #start(
    settings: ProcessSettings,
    connections: Pick<AuthenticatedClient, "control" | "data">,
  ): Promise<ServerSession> {
    const process = sessionProcess(settings);
    try {
      const { sessionTimeout: timeout, clientTimeout } = this.#config;
      return await ServerSession.start({ process, timeout, clientTimeout, ...connections });
    } catch (error) {
      const cause = error instanceof SpawnError ? await error.reason : error;
      throw new Refusal(RefusalCode.START, `its process could not be started: ${messageOf(cause)}`);
    }
  }

  async #stop(timeout: number): Promise<void> {
    this.#listener.close();
    const { log } = this.#config;
    log({ event: "draining", sessions: this.sessions, seconds: timeout / 1000 });
    await this.#listening; // until then, the system may still accept connections
    await this.#acceptor.close("the server is shutting down");
    this.#endSessionsIn(timeout);
    while (this.#sessions.size > 0) {
      await Promise.all([...this.#sessions].map((session) => session.ended));
    }
    for (const timer of this.#drainTimers) clearTimer(timer);
    log({ event: "stopped" });
    this.#finished.resolve();
  }

  #endSessionsIn(timeout: number): void {
    if (this.#sessions.size === 0 || timeout > MAX_TIMER_MS) return;
    this.#drainTimers.add(setTimeout(() => {
      for (const session of this.#sessions) session.end("the server is shutting down");
    }, timeout));
  }
}

/**
 * Returns the process of a session. Deno itself reports nothing there: its reports of uncaught errors
 * quote lines of files by other rules than `read`, and a session's output goes to its client. The
 * gateway's program reports such errors without that.
 */
function sessionProcess(settings: ProcessSettings): ProcessOptions {
  const process = popenProcess(settings, END_WITH_PARENT);
  return { ...process, env: { ...process.env, DENO_LOG: "off" } };
}

/**
 * Starts a server of gateways. Clients that know its token get sessions: each is a `deno run` process of
 * its own that may do what the client asks for, and no more than is granted here.
 *
 * This process needs `--allow-net` for the address, `--allow-run=/bin/sh`, `--allow-env`, and
 * `--allow-read` for the token file (also `--allow-write` if it is to be created).
 *
 * @throws {SpecError} if an option is wrong, or the address is not safe without TLS.
 * @throws {TypeError} if an option is unknown, or of a wrong type.
 * @throws {LaunchError} if the token file cannot be read or created, or this Deno is too old for TLS.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { serve } from "@x/execnet/serve";
 * import { assertEquals } from "@std/assert";
 *
 * const token = crypto.randomUUID();
 * await using server = serve({ token, log: () => {} });
 * await using gw = await makeGateway(`tcp=127.0.0.1:${server.address.port}//token=${token}`);
 * assertEquals(await gw.call((a: number, b: number) => a + b, 1, 2), 3);
 * ```
 */
export function serve(options: ServeOptions = {}): Server {
  return new Server(options);
}
