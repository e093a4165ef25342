/**
 * A server that is started for one session, by a gateway of its machine, and the session.
 *
 * The server runs in a process of its own, as an execution of a gateway behind that other one: so
 * it ends as what is behind a gateway does, and the grants that it needs are not the other's.
 *
 * @module
 */

import { coreOf } from "../../channel/channel.ts";
import { type ExecnetError, LaunchError, RemoteError } from "../../errors.ts";
import { messageOf } from "../../internal/errors.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { LateTransport } from "../streams/late.ts";
import type { Address } from "../tcp/socket.ts";
import { formatAddress } from "../tcp/failure.ts";
import type { ExitStatus, Transport } from "../transport.ts";
import { SHELL } from "../../internal/shell.ts";
import { within } from "../../internal/wait.ts";
import { coreOf as gatewayCoreOf, createGateway, type Gateway } from "../../gateway/gateway.ts";
import type { GatewayGroup } from "../../gateway/group_interface.ts";
import { openTransport } from "../start/open.ts";
import { programFor } from "../program/program.ts";
import { Secret } from "../tcp/secret.ts";
import { type ServerArgs, serverProgram } from "./server_program.ts";
import type { Machine } from "../machine/machine.ts";
import { type ResolvedSpec, resolveSpec } from "../../spec/spec.ts";
import { installAddress } from "../tcp/keys.ts";

/** After the session has ended, for its last bytes, and for the reason where its server is lost. */
const LAST_BYTES_MS = 500;
/** What the server has to end by itself, once its session has ended. */
const END_GRACE_MS = 1_000;
/** What the server has to kill its session and say so, before it is made to end. */
const KILL_GRACE_MS = 500;
const TOKEN_BYTES = 32;
const MAX_PORT = 65_535;

/** Where the server is started from, and whose messages it is told in. */
export interface Installation {
  group: GatewayGroup<Gateway>;
  /** The machine of the gateway that `installvia` names. */
  serverMachine: Machine;
  /** The its spec, and where it connects from. */
  spec: ResolvedSpec;
  machine: Machine;
  id: string;
}

/** Opens a gateway, or an isolated execution of one, with a server of its own on a machine. */
export function installing(
  group: GatewayGroup<Gateway>,
  serverMachine: Machine,
): (spec: ResolvedSpec, machine: Machine, id: string) => Transport {
  return (spec, machine, id) => new InstalledTransport({ group, serverMachine, spec, machine, id });
}

/** A session of a server that is started for it, and ends with it. */
export class InstalledTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #init: Installation;
  readonly #session: LateTransport;
  readonly #dataEnded = Promise.withResolvers<void>();
  /** The gateway that the server runs in. */
  #host: Gateway | undefined;
  /** The end of the server, with what went wrong. */
  #serverEnded: Promise<Error | undefined> | undefined;
  #isStarted = false;
  /** Why the session was lost, where its server tells. */
  #lost: Error | undefined;

  constructor(init: Installation) {
    this.#init = init;
    this.#session = new LateTransport((signal) => this.#start(signal));
    this.output = this.#session.output;
    this.exited = this.#run();
  }

  start(sink: ByteSink): void {
    const { data } = sink;
    // With the end comes its reason, if one is known by then.
    const end = async (error?: Error) => {
      this.#dataEnded.resolve();
      await within(this.exited, LAST_BYTES_MS + 2 * END_GRACE_MS);
      sink.end(this.#lost ?? error);
    };
    this.#session.start({ data, end });
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#session.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#session.flushed();
  }

  closeWrite(): void {
    this.#session.closeWrite();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#session.abort(signal);
    // Without a session, nothing else is to be ended; and a server that is stopped passes nothing on.
    if (!this.#isStarted) this.#host?.terminate({ timeout: 0 });
    else if (signal === "SIGKILL") this.#host?.terminate({ timeout: KILL_GRACE_MS });
  }

  release(): void {
    this.#session.release();
  }

  ref(): void {
    this.#session.ref();
  }

  unref(): void {
    this.#session.unref();
  }

  /** From the start of the server to the end of all. */
  async #run(): Promise<ExitStatus> {
    const status = await this.#session.exited;
    if (!this.#isStarted) {
      await this.#host?.terminate({ timeout: 0 });
      return status;
    }
    await within(this.#dataEnded.promise, LAST_BYTES_MS);
    this.#session.release(); // the server waits for that
    const isLost = status.code === null && status.signal === null;
    if (isLost && this.#serverEnded !== undefined) {
      this.#lost = await within(this.#serverEnded, LAST_BYTES_MS);
    }
    await this.#host?.terminate({ timeout: END_GRACE_MS });
    return status;
  }

  /** Starts the server, then the session. */
  async #start(signal: AbortSignal): Promise<Transport> {
    const { spec, machine, id } = this.#init;
    const { transport, connectTimeout, permissions, tcp } = spec;
    if (transport.kind !== "tcp") throw new TypeError("not a tcp spec");
    const address = installAddress(transport.value);
    const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toHex();
    try {
      const port = await this.#listen(signal, {
        ...address,
        insecure: tcp?.insecure === true,
        token,
        permissions,
        waitMs: connectTimeout,
      });
      signal.throwIfAborted();
      const value = formatAddress({ ...address, port });
      const session = openTransport(
        {
          ...withoutMachine(spec),
          transport: { kind: "tcp", value },
          tcp: { token: new Secret(token), tls: false },
        },
        machine,
        id,
      );
      this.#isStarted = true;
      return session;
    } catch (error) {
      throw this.#failure(error, address);
    }
  }

  /** The port that the server listens on. */
  async #listen(signal: AbortSignal, args: ServerArgs): Promise<number> {
    const { group, serverMachine, spec, id } = this.#init;
    const hostSpec = serverSpec(spec, serverMachine, args);
    const [program, text] = await Promise.all([programFor(hostSpec), serverProgram()]);
    signal.throwIfAborted();
    const host = this.#host = createGateway({
      id: `${id}:server`,
      spec: hostSpec,
      given: { popen: true },
      machine: serverMachine,
      open: openTransport,
      program,
    }, group);
    await gatewayCoreOf(host).ready();
    const server = host.remoteExec(text, args, { name: "server" });
    const port = await server.receive();
    const core = coreOf(server);
    this.#serverEnded = new Promise((resolve) =>
      core?.consume(() => {}, () => resolve(core.failure))
    );
    if (isPort(port)) return port;
    throw new LaunchError(`its server says that it listens on port ${port}`);
  }

  #failure(error: unknown, address: Address): ExecnetError {
    const { id, serverMachine } = this.#init;
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
        `${serverMachine.via}: ${message}${advice}`,
      { cause: error },
    );
  }
}

/** What the server's process has of the gateway's spec: all that is of the machine, its sessions inherit. */
function serverSpec(
  { deno, chdir, nice, env, connectTimeout, output, tcp }: ResolvedSpec,
  { via }: Machine,
  address: Address,
): ResolvedSpec {
  return resolveSpec({
    popen: true,
    permissions: { net: [formatAddress(address)], run: [SHELL], env: true },
    env,
    connectTimeout,
    // Not the session's, which comes by the session: what Deno says of itself.
    output: output === "inherit" ? "inherit" : "null",
    ...defined({ deno, chdir, nice, via: via ?? tcp?.installvia }),
  });
}

/** The spec of a session of a process that {@linkcode serverSpec} has started. */
function withoutMachine(
  { deno: _deno, chdir: _chdir, nice: _nice, ...spec }: ResolvedSpec,
): ResolvedSpec {
  return { ...spec, env: {} };
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

function isPort(port: unknown): port is number {
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port <= MAX_PORT;
}
