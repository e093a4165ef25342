/**
 * Runs the code that the initiator sends, in this isolate.
 *
 * @module
 */

import { type Channel, type ChannelGateway, coreOf } from "../channel/channel.ts";
import type { Binding } from "../channel/binding.ts";
import { Connection } from "../channel/mux/connection.ts";
import type { RemoteHandler } from "../channel/mux/handler.ts";
import { UnboundChannels } from "../channel/mux/unbound.ts";
import type { ChannelCore } from "../channel/core.ts";
import { ChannelClosedError, GatewayClosedError, ProtocolError } from "../errors.ts";
import { type Hold, NO_HOLD } from "../internal/keep_alive.ts";
import type { ByteStream } from "../protocol/byte_stream.ts";
import {
  type ExecKind,
  type ExecRequest,
  type KeptCode,
  SENT,
  type StatusReport,
} from "../protocol/control.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { Collector } from "./collector.ts";
import { DroppedChannels, type Holder } from "./dropped.ts";
import { compile, type CompiledCode, sentOn } from "./compile.ts";
import { type Origin, Origins, type Uncaught } from "./origins.ts";
import { RELAY_END_MS } from "./relay.ts";
import { run, textOf } from "./run.ts";
import { asError } from "./thrown.ts";
import { UnblamedErrors } from "./unblamed.ts";

interface Execution extends Origin, Holder {
  kind: ExecKind;
  name: string;
  ended: Promise<void>;
  /** Whether the process belongs to it. */
  isolated: boolean;
}

type SentGlobals = Record<symbol, { run<T>(store: undefined, run: () => T): T } | undefined>;

/** The time that executions have to end when the initiator is gone. */
const ORPHAN_GRACE_MS = 1_000;

/** The remote side of a connection: its executions, from their request to their end. */
export class Executor implements RemoteHandler {
  readonly side = "remote";
  readonly owner: ChannelGateway;
  readonly itemsDecoded: RemoteHandler["itemsDecoded"];
  readonly #connection: Connection;
  readonly #executions = new Set<Execution>();
  readonly #origins = new Origins(this.#executions);
  readonly #dropped: DroppedChannels;
  readonly #unbound: UnboundChannels;
  readonly #unblamed: UnblamedErrors;
  readonly #compiled = new WeakMap<KeptCode, CompiledCode>();
  #isEnding = false;
  readonly #exit: (isOrphan: boolean) => void;
  readonly #graceOver = Promise.withResolvers<void>();
  #graceTimer: Timer | undefined;

  /**
   * @param stream The hello of this side has been sent on it already.
   * @param exit Called when this side is to end, after its executions.
   * @param collector Collects garbage; undefined if V8 is to do so alone, as in tests.
   */
  constructor(
    stream: ByteStream,
    exit: (isOrphan: boolean) => void,
    collector?: Collector,
  ) {
    this.#exit = exit;
    this.itemsDecoded = collector?.itemsDecoded;
    this.#dropped = new DroppedChannels(this.#executions, collector);
    const connection = this.#connection = new Connection(stream, this);
    this.owner = {
      get id() {
        return connection.peer?.gateway ?? "";
      },
      newChannel: <R, S>() => this.#unbound.newChannel() as Channel<R, S>,
    };
    this.#unbound = new UnboundChannels(this.owner, connection);
    this.#unblamed = new UnblamedErrors(connection);
    connection.start();
  }

  /** Holds nothing: the process lives as long as its initiator, whatever waits. */
  hold(): Hold {
    return NO_HOLD;
  }

  exec(channel: Channel, request: ExecRequest, kept?: KeptCode): void {
    const { kind, name, isolated } = request;
    const core = coreOf(channel);
    const ended = Promise.resolve();
    const execution: Execution = {
      kind,
      name,
      core,
      ended,
      isolated,
      isDone: false,
      isHolder: false,
    };
    this.#executions.add(execution);
    execution.ended = unsent(() => this.#run(execution, channel, request, kept)).then(
      () => {
        const isDone = !core.lifecycle.isClosed;
        core.lifecycle.finish();
        return isDone;
      },
      (error: unknown) => {
        const isCancelled = core.lifecycle.isClosed && isOwnEnd(error, core);
        if (!isCancelled) core.lifecycle.finish(asError(error));
        // If all of the gateway is to end, no close says that this one has: it was cut.
        else if (!this.#isEnding) core.lifecycle.finish();
        return false;
      },
    ).then(async (isDone) => {
      if (kind === "call") await core.sendQueue.flushed();
      execution.isDone = isDone;
      this.#dropped.ended(execution);
      await this.#over(execution, isDone);
    });
  }

  received(core: ChannelCore, over: Binding | undefined): void {
    this.#dropped.received(core, over);
  }

  /** Asks the initiator for an answer, so that some bytes arrive. */
  ping(): void {
    this.#connection.ping();
  }

  /**
   * Fails the execution that an uncaught error comes from: the one that the process belongs to, or the
   * one that {@linkcode Origins} finds. If there is none, the error is printed, and told.
   */
  uncaught(uncaught: Uncaught): void {
    const isolated = Array.from(this.#executions).find(({ isolated }) => isolated);
    const execution = isolated ?? this.#origins.of(uncaught);
    const { thrown } = uncaught;
    const from = thrown instanceof Error ? sentOn(String(thrown.stack)) : 0;
    const error = asError(thrown);
    execution?.core.lifecycle.finish(error);
    if (execution?.isolated) this.#over(execution, false);
    else if (execution === undefined) {
      console.error(`Uncaught, in a gateway that goes on: ${error.stack}`);
      this.#unblamed.tell(error, from);
    }
  }

  /**
   * Removes an execution that has ended. If the process belongs to it, this ends the process, too.
   *
   * @param isDone Whether it ran to its end by itself. If not, its open channels are cut.
   */
  async #over(execution: Execution, isDone: boolean): Promise<void> {
    if (!this.#executions.delete(execution) || !execution.isolated) return;
    await this.#connection.flushed();
    if (isDone) await this.#connection.closeChannels();
    this.#exit(false);
  }

  status(): StatusReport {
    return {
      channels: this.#connection.channelCount + this.#unbound.size,
      executing: Array.from(this.#executions, ({ name }) => name),
      execModel: "main",
    };
  }

  exit(graceMs: number): void {
    this.#isEnding = true;
    this.#dropped.stop();
    const reason = new GatewayClosedError(`gateway ${this.owner.id} is asked to end`);
    for (const { kind, core } of this.#executions) {
      // A call does not see its channel, so it could not stop; its result still has to be sent.
      if (kind !== "call") core.lifecycle.cancel(reason);
    }
    this.#end(false, graceMs);
  }

  lost(error: Error | undefined): Error {
    const why = error instanceof ProtocolError ? `: ${error.message}` : "";
    // The connection ends, so that the peer cannot learn of it there.
    if (why !== "") console.error(`execnet ends the connection${why}`);
    const relays = Array.from(this.#executions).some(({ kind }) => kind === "relay");
    this.#end(true, relays ? RELAY_END_MS : ORPHAN_GRACE_MS);
    const reason = new GatewayClosedError(`the connection to the initiator is gone${why}`);
    this.#unbound.lose(reason);
    return reason;
  }

  async #end(isOrphan: boolean, graceMs: number): Promise<void> {
    if (this.#executions.size > 0) await this.#waitForExecutions(graceMs);
    // If the initiator does not read, SIGTERM follows. Without an initiator there is nobody to read.
    if (!isOrphan) await this.#connection.written();
    this.#exit(isOrphan);
  }

  async #run(
    execution: Execution,
    channel: Channel,
    request: ExecRequest,
    kept?: KeptCode,
  ): Promise<void> {
    const code = kept ?? { ...request, text: await textOf(await channel.receive()) };
    const args = await channel.receive();
    let compiled = this.#compiled.get(code);
    if (compiled === undefined) {
      compiled = compile(code, channel.id);
      if (kept !== undefined) this.#compiled.set(kept, compiled);
    }
    const body = () => run(code.kind, compiled.run, channel, args);
    // A relay is no code of the user.
    await (code.kind === "relay" ? body() : this.#origins.run(execution, compiled, body));
  }

  /** Waits until all executions have ended, at most for the grace of the latest request. */
  async #waitForExecutions(graceMs: number): Promise<void> {
    clearTimer(this.#graceTimer);
    this.#graceTimer = setTimeout(this.#graceOver.resolve, graceMs);
    const ended = Promise.all(Array.from(this.#executions, ({ ended }) => ended));
    await Promise.race([ended, this.#graceOver.promise]);
    clearTimer(this.#graceTimer);
  }
}

/** Calls `run` in no execution's async context: the loop that reads the stream may be in one. */
function unsent<T>(run: () => T): T {
  const sent = (globalThis as SentGlobals)[Symbol.for(SENT)];
  return sent === undefined ? run() : sent.run(undefined, run);
}

/** Returns whether an execution failed only because its channel was closed meanwhile. */
function isOwnEnd(error: unknown, { outcome: { failure } }: ChannelCore): boolean {
  return error instanceof ChannelClosedError || error instanceof GatewayClosedError ||
    failure !== undefined && error === failure;
}
