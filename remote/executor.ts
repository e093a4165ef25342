/**
 * Runs what the initiator sends, in this isolate.
 *
 * @module
 */

import { type Channel, type ChannelGateway, coreOf } from "../channel/channel.ts";
import { Connection } from "../channel/mux/connection.ts";
import type { RemoteHandler } from "../channel/mux/handler.ts";
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
import { compile, type CompiledCode, type Runnable } from "./compile.ts";
import { Mapper } from "./mapper.ts";
import { type Origin, Origins, type Uncaught } from "./origins.ts";
import { asError } from "./thrown.ts";

interface Execution extends Origin {
  kind: ExecKind;
  name: string;
  core: ChannelCore;
  ended: Promise<void>;
  /** Whether this process is its own. */
  isolated: boolean;
}

type SentGlobals = Record<symbol, { run<T>(store: undefined, run: () => T): T } | undefined>;

/** How long executions have to end when the initiator is gone. */
const ORPHAN_GRACE_MS = 1_000;

/** The remote side of a connection. */
export class Executor implements RemoteHandler {
  readonly side = "remote";
  readonly owner: ChannelGateway;
  readonly itemsDecoded: RemoteHandler["itemsDecoded"];
  readonly #connection: Connection;
  readonly #executions = new Set<Execution>();
  readonly #origins = new Origins(this.#executions);
  readonly #compiled = new WeakMap<KeptCode, CompiledCode>();
  #isEnding = false;
  readonly #exit: (isOrphan: boolean) => void;
  readonly #graceOver = Promise.withResolvers<void>();
  #graceTimer: Timer | undefined;

  /**
   * @param stream Where the hello of this side has been said already.
   * @param exit Called when this side is to end, after its executions have.
   * @param itemsDecoded See {@linkcode RemoteHandler.itemsDecoded}.
   */
  constructor(
    stream: ByteStream,
    exit: (isOrphan: boolean) => void,
    itemsDecoded?: RemoteHandler["itemsDecoded"],
  ) {
    this.#exit = exit;
    this.itemsDecoded = itemsDecoded;
    const connection = this.#connection = new Connection(stream, this);
    this.owner = {
      get id() {
        return connection.peer?.gateway ?? "";
      },
      newChannel: <R, S>() => connection.newChannel() as Channel<R, S>,
    };
    connection.start();
  }

  /** The process lives as long as its initiator, whatever waits. */
  hold(): Hold {
    return NO_HOLD;
  }

  exec(channel: Channel, request: ExecRequest, kept?: KeptCode): void {
    const { kind, name, isolated } = request;
    const core = coreOf(channel);
    const execution: Execution = { kind, name, core, ended: Promise.resolve(), isolated };
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
      await this.#over(execution, isDone);
    });
  }

  /** Makes the initiator send some bytes. */
  ping(): void {
    this.#connection.ping();
  }

  /**
   * Fails the execution that an error comes from which nothing caught: the one that has this process
   * for itself, or the one that {@linkcode Origins} finds. If there is none, the error is printed.
   */
  uncaught(uncaught: Uncaught): void {
    const isolated = Array.from(this.#executions).find(({ isolated }) => isolated);
    const execution = isolated ?? this.#origins.of(uncaught);
    const error = asError(uncaught.thrown);
    execution?.core.lifecycle.finish(error);
    if (execution?.isolated) this.#over(execution, false);
    else if (execution === undefined) {
      console.error(`Uncaught, in a gateway that goes on: ${error.stack}`);
    }
  }

  /** @param isDone It ran to its end, and was not asked to; otherwise what it held is lost. */
  async #over(execution: Execution, isDone: boolean): Promise<void> {
    if (!this.#executions.delete(execution) || !execution.isolated) return;
    await this.#connection.flushed();
    if (isDone) await this.#connection.closeChannels();
    this.#exit(false);
  }

  status(): StatusReport {
    return {
      channels: this.#connection.channelCount,
      executing: Array.from(this.#executions, ({ name }) => name),
      execModel: "main",
    };
  }

  exit(graceMs: number): void {
    this.#isEnding = true;
    const reason = new GatewayClosedError(`gateway ${this.owner.id} is asked to end`);
    for (const { kind, core } of this.#executions) {
      // A call does not see its channel, so it could not stop; its result still has to be sent.
      if (kind !== "call") core.lifecycle.cancel(reason);
    }
    this.#end(false, graceMs);
  }

  lost(error: Error | undefined): Error {
    const why = error instanceof ProtocolError ? `: ${error.message}` : "";
    // The one who wrote to this side cannot read of it on the connection that ends.
    if (why !== "") console.error(`execnet ends the connection${why}`);
    this.#end(true, ORPHAN_GRACE_MS);
    return new GatewayClosedError(`the connection to the initiator is gone${why}`);
  }

  async #end(isOrphan: boolean, graceMs: number): Promise<void> {
    if (this.#executions.size > 0) await this.#lastWords(graceMs);
    // Who does not read this will not wait for it: SIGTERM follows. An orphan has nobody who reads.
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
      compiled = compile(code);
      if (kept !== undefined) this.#compiled.set(kept, compiled);
    }
    const body = () => run(code.kind, compiled.run, channel, args);
    await this.#origins.run(execution, compiled, body);
  }

  /** Waits until all executions have ended, at most for the grace of the latest request. */
  async #lastWords(graceMs: number): Promise<void> {
    clearTimer(this.#graceTimer);
    this.#graceTimer = setTimeout(this.#graceOver.resolve, graceMs);
    const ended = Promise.all(Array.from(this.#executions, ({ ended }) => ended));
    await Promise.race([ended, this.#graceOver.promise]);
    clearTimer(this.#graceTimer);
  }
}

/** Runs it in no execution's async context: what reads the stream may have got into one. */
function unsent<T>(run: () => T): T {
  const sent = (globalThis as SentGlobals)[Symbol.for(SENT)];
  return sent === undefined ? run() : sent.run(undefined, run);
}

async function run(
  kind: ExecKind,
  runnable: Runnable,
  channel: Channel,
  args: unknown,
): Promise<void> {
  switch (kind) {
    case "source":
    case "relay":
      await runnable(channel, args);
      return;
    case "module": {
      const main = await runnable(channel, args);
      if (typeof main === "function") await sendYielded(channel, main(channel, args));
      return;
    }
    case "function":
      return await sendYielded(channel, runnable(channel, args));
    case "call":
      if (!Array.isArray(args)) throw new ProtocolError("the arguments of a call are not a list");
      // Nobody waits until it has been written: so the close goes along with it.
      return coreOf(channel).sendOn(await runnable(...args));
    case "map":
      return await new Mapper(channel, runnable() as Runnable, args).run();
  }
}

/** The code as the first item has it: itself, or a channel that brings it. */
async function textOf(item: unknown): Promise<string> {
  if (typeof item === "string") return item;
  const supply = typeof item === "object" && item !== null && coreOf(item) !== undefined
    ? item as Channel
    : undefined;
  const text = await supply?.receive();
  supply?.close();
  if (typeof text === "string") return text;
  throw new ProtocolError("the code to run is not text");
}

/** Waits for the function's end; sends what it yields, where it is a generator. */
async function sendYielded(channel: Channel, result: unknown): Promise<void> {
  if (!isAsyncIterable(result)) {
    await result;
    return;
  }
  const iterator = result[Symbol.asyncIterator]();
  channel.signal.addEventListener("abort", () => void iterator.return?.()?.catch(() => {}));
  const items = { [Symbol.asyncIterator]: () => iterator };
  for await (const item of items) await channel.send(item);
  channel.signal.throwIfAborted(); // it was returned from, and may have had more
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Whether an execution failed just because its channel was closed under it, be it with an error. */
function isOwnEnd(error: unknown, { outcome: { failure } }: ChannelCore): boolean {
  return error instanceof ChannelClosedError || error instanceof GatewayClosedError ||
    failure !== undefined && error === failure;
}
