/**
 * Starts the gateways of one group.
 *
 * @module
 */

import { GatewayClosedError, SpecError } from "../../errors.ts";
import { atUser } from "../../errors/user_stack.ts";
import { within } from "../../internal/wait.ts";
import { shownSpec } from "../../spec/shown.ts";
import { type GatewaySpec, type ResolvedSpec, resolveSpec } from "../../spec/spec.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import type { Transport } from "../../transports/transport.ts";
import type { GatewayStart } from "../../transports/start/start.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import type { GatewayGroup } from "../group_interface.ts";
import type { Members } from "./members.ts";
import "../intrinsics.ts";
import "../stacks.ts";

/** Bounds the wait for the end of a process that was cancelled, after each of two signals. */
const CANCELLED_END_MS = 1_000;

/** Starts gateways, and adds them to the members of their group once they are up. */
export class Starter {
  readonly #group: GatewayGroup<Gateway>;
  readonly #members: Members<Gateway>;
  readonly #starting = new Set<Gateway>();
  /** Settle when the processes have a gateway, or have ended: see {@linkcode Starter.#whileStarting}. */
  readonly #loading = new Set<Promise<void>>();
  /** The specs as given, with the tokens that `Gateway.spec` does not show. */
  readonly #given = new WeakMap<Gateway, string | GatewaySpec>();
  readonly #joinListeners = new Set<(gateway: Gateway) => void>();
  /** Aborted while starts are refused. */
  #life = new AbortController();
  #refusals = 0;

  constructor(group: GatewayGroup<Gateway>, members: Members<Gateway>) {
    this.#group = group;
    this.#members = members;
  }

  /** The gateways whose processes are starting. */
  get starting(): Iterable<Gateway> {
    return this.#starting;
  }

  /**
   * Starts a gateway and waits for its handshake.
   *
   * @param cancelled Ends the start.
   * @param wantedId Default: the id in the spec, or a new one.
   */
  async start(
    spec: string | GatewaySpec,
    cancelled?: AbortSignal,
    wantedId?: string,
  ): Promise<Gateway> {
    const life = this.#life.signal;
    const signal = cancelled === undefined ? life : AbortSignal.any([life, cancelled]);
    signal.throwIfAborted();
    const resolved = resolveSpec(spec);
    const id = this.#members.reserve(wantedId ?? resolved.id);
    try {
      const gateway = await this.#open(resolved, spec, id, signal);
      this.#given.set(gateway, spec);
      coreOf(gateway).ended.then(() => this.#members.delete(id));
      return gateway;
    } catch (error) {
      this.#members.delete(id);
      throw atUser(error);
    }
  }

  /** Starts another gateway with the spec and id of one that has ended, or is about to. */
  async restart(lost: Gateway): Promise<Gateway> {
    await coreOf(lost).ended; // its id is free then
    return await this.start(this.#given.get(lost) ?? lost.spec, undefined, lost.id);
  }

  /** Calls `joined` for each gateway that comes up, until the returned function is called. */
  onJoin(joined: (gateway: Gateway) => void): () => void {
    this.#joinListeners.add(joined);
    return () => void this.#joinListeners.delete(joined);
  }

  /**
   * Fails starts, those under way too, until the returned object is disposed. That waits for the
   * processes which have no gateway yet.
   */
  refuse(): AsyncDisposable {
    this.#refusals++;
    this.#life.abort(
      new GatewayClosedError("cannot start a gateway in a group that is being terminated"),
    );
    return {
      [Symbol.asyncDispose]: async () => {
        await Promise.all(this.#loading);
        if (--this.#refusals === 0) this.#life = new AbortController();
      },
    };
  }

  async #open(
    resolved: ResolvedSpec,
    given: string | GatewaySpec,
    id: string,
    signal: AbortSignal,
  ): Promise<Gateway> {
    const { output, via } = resolved;
    // A program that only imports this package needs none of it.
    const { here, openTransport, printLine, startQueued, untilAborted } = await import(
      "./opening.ts"
    );
    const machine = via === undefined ? here : await this.#machineOf(via, "via");
    const start: GatewayStart = {
      id,
      machine: untilAborted(machine, signal),
      signal,
      hosting: async (id) => {
        const { serverHosting } = await import("./server_host.ts");
        return await serverHosting(this.#group, await this.#machineOf(id, "installvia"), output);
      },
      progress: output === "inherit" ? (line) => printLine(id, line) : undefined,
    };
    return await startQueued(resolved, start, async (spec) => {
      signal.throwIfAborted();
      const transport = openTransport(spec, machine, id);
      const { createGateway, program } = await this.#whileStarting(transport, signal, async () => {
        const [{ createGateway }, { programFor }] = await Promise.all([
          import("../create.ts"),
          import("../../transports/program/program.ts"),
        ]);
        return { createGateway, program: await programFor(spec.kind.isNetworked) };
      });
      const gateway = createGateway(
        { id, spec, machine, transport, program, cancelled: signal },
        shownSpec(resolved, given),
        this.#group,
      );
      await this.#join(gateway, signal);
      return gateway;
    });
  }

  async #join(gateway: Gateway, signal: AbortSignal): Promise<void> {
    const core = coreOf(gateway);
    const abort = () => void core.terminate(0);
    signal.addEventListener("abort", abort);
    this.#starting.add(gateway);
    try {
      await core.ready();
      signal.throwIfAborted();
      this.#members.add(gateway);
      for (const joined of this.#joinListeners) joined(gateway);
    } catch (error) {
      if (!signal.aborted) throw error;
      await core.terminate(0);
      throw signal.reason;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#starting.delete(gateway);
    }
  }

  /** Loads something while a process starts. If the start is cancelled meanwhile, this ends the process. */
  async #whileStarting<Result>(
    transport: Transport,
    signal: AbortSignal,
    load: () => Promise<Result>,
  ): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#loading.add(promise);
    try {
      const loaded = await load();
      signal.throwIfAborted();
      return loaded;
    } catch (error) {
      // SIGTERM first: a carrier may have to give back what it holds elsewhere.
      for (const kill of ["SIGTERM", "SIGKILL"] as const) {
        transport.abort(kill);
        await within(transport.exited, CANCELLED_END_MS);
      }
      transport.release();
      throw error;
    } finally {
      this.#loading.delete(promise);
      resolve();
    }
  }

  async #machineOf(id: string, key: "via" | "installvia"): Promise<Machine> {
    const relay = this.#members.get(id);
    if (relay !== undefined) {
      const { machineOf } = await import("../../transports/via.ts");
      return machineOf(coreOf(relay).asRelay(key));
    }
    throw new SpecError(
      `the gateway "${id}", which "${key}" names, is not in this group; start it first, or start both ` +
        `by Group.open`,
    );
  }
}
