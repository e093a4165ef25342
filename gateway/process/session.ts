/**
 * A process of a gateway, and the connection to it: the gateway's own process, or that of one
 * isolated execution.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";
import type { ChannelCore } from "../../channel/core.ts";
import { ErrorCompletion } from "../../channel/error_completion.ts";
import { Bridges } from "../../channel/mux/bridge.ts";
import { Connection } from "../../channel/mux/connection.ts";
import { ExecSender } from "../../channel/mux/exec.ts";
import { StatusRequests } from "../../channel/mux/status_requests.ts";
import type { Code } from "../../code/code.ts";
import { importAdvice } from "../../code/import_advice.ts";
import { codeHash, explain } from "../../code/loaded.ts";
import { GatewayClosedError, ProtocolError } from "../../errors.ts";
import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { MAX_TIMER_MS } from "../../internal/wait.ts";
import { deniedAdvice } from "../../permissions/advice.ts";
import { encodePreamble, localHello } from "../../protocol/preamble.ts";
import type { GatewayExit } from "../../transports/transport.ts";
import type { ProcessFacts } from "./exit_message.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { boundErrors, limitsOf } from "./limits.ts";
import { endWithProcess } from "./lifetime.ts";
import { breachError, exitError, orphanError, silentError } from "./loss.ts";
import { Printer } from "./printer.ts";
import { RemoteProcess } from "./remote_process.ts";
import type { SessionInit } from "./session_init.ts";
import { canRun, type SessionEvent, type SessionState, transition } from "./session_state.ts";
import { cancelledError, noAnswerError, startFailure } from "./start_failure.ts";
import { DEFAULT_GRACE_MS, killDelay, silentGrace } from "./terminate.ts";
import { UncaughtErrors } from "./uncaught.ts";
import { UnreportedErrors } from "./unreported.ts";

/** A process of a gateway, and the connection to it. */
export class Session {
  readonly connection: Connection;
  /** Asks the process to run code. */
  readonly execs: ExecSender;
  readonly #init: SessionInit;
  readonly #printer: Printer;
  readonly #process: RemoteProcess;
  readonly #running = new Map<Channel, string>();
  readonly #unreported = new UnreportedErrors();
  readonly #uncaught: UncaughtErrors;
  #state: SessionState;
  #isSilent = false;
  /** The time that what runs has had since the process was asked to end. */
  #grace: { readonly ms: number; readonly from: number } | undefined;
  /** The error of everything that waits, if this side knows better than the process why it ended. */
  #endReason: Error | undefined;
  /** The isolated execution that the process belongs to. */
  #execution: ChannelCore | undefined;

  constructor(init: SessionInit) {
    const { owner, spec, transport, keepAlive, queued, program, heartbeat } = init;
    this.#init = init;
    this.#state = queued === undefined ? "running" : "queued";
    const printer = this.#printer = new Printer(owner, spec.output);
    const process = this.#process = new RemoteProcess(transport, keepAlive, {
      printed: (line, stream) => printer.pass(line, stream),
      outputLost: (stream, error) => {
        if (canRun(this.#state)) printer.print(`(its ${stream} is no longer shown: ${error})`);
      },
      ended: () => this.#ended(),
    });
    const forget = endWithProcess({
      end: () => this.terminate(),
      abort: () => process.abort(),
    });
    process.closed.then(forget);
    const connection = this.connection = new Connection(process, {
      side: "initiator",
      bridges: new Bridges(),
      owner,
      ids: init.ids,
      hold: () => keepAlive.hold(),
      advise: (message) =>
        deniedAdvice(message, owner.id, spec.permissions) ?? importAdvice(message),
      boundError: boundErrors(spec),
      statusRequests: new StatusRequests(),
      lost: (error) => this.#lost(error),
      uncaught: (...uncaught) => this.#uncaught.receive(...uncaught),
    }, limitsOf(spec));
    this.#uncaught = new UncaughtErrors(connection, owner, init.uncaughtHandler);
    this.execs = new ExecSender(connection, codeHash);
    const hello = encodePreamble(localHello(owner.id, connection.maxItemBytes));
    connection.start(...(program === undefined ? [] : [program]), hello);
    if (queued === undefined) this.#limitStart();
    else queued.then(() => this.#limitStart());
    if (heartbeat !== undefined) {
      connection.hello.then(() => this.#limitSilence(heartbeat), () => {});
    }
  }

  /** Resolves when the process has ended; never rejects. Does not keep the event loop alive. */
  get closed(): Promise<GatewayExit> {
    return this.#process.closed;
  }

  /** Whether the process is to end, or has ended. */
  get isEnding(): boolean {
    return !canRun(this.#state);
  }

  /** Names of the executions that run there. */
  get executing(): string[] {
    return [...this.#running.values()];
  }

  /** @throws {GatewayClosedError} when nothing new, such as `name`, can be run. */
  checkOpen(name: string): void {
    if (canRun(this.#state)) return;
    const { lost } = this.connection;
    const why = lost?.message ?? `gateway ${this.#init.owner.id} is ending`;
    throw new GatewayClosedError(`cannot run ${name}: ${why}`, { cause: lost });
  }

  /** Runs code there. The process of an isolated execution runs nothing else. */
  run(code: Code, args: unknown): Channel {
    const { kind, name, text, position } = code;
    const isolated = this.#init.kind === "execution";
    this.checkOpen(name);
    const channel = this.execs.send({ kind, name, position, isolated }, text, args);
    if (this.execs.codeSentOn === channel.id) this.#uncaught.codeSent(channel.id, code);
    const core = coreOf(channel);
    core.completeErrorsBy(
      new ErrorCompletion(
        core.binding,
        (init) => explain(code, { ...init, execution: channel.id }),
      ),
    );
    if (isolated) {
      this.#execution = core;
      this.#printer.nameExecution(name);
    }
    this.#running.set(channel, name);
    core.lifecycle.onEnd(() => {
      // What is lost with the connection was running then, and the error of the loss names it.
      if (this.connection.lost !== undefined) return;
      const ended = () => void this.#running.delete(channel);
      // What this side has cancelled may run on until its process is ended.
      if (isolated && core.lifecycle.state === "closing") {
        void core.lifecycle.whenClosed().then(ended);
      } else ended();
      this.#unreported.add(channel, name);
    });
    return channel;
  }

  /** Asks the process to end. */
  exit(): void {
    if (canRun(this.#state)) this.#ask(DEFAULT_GRACE_MS);
  }

  /**
   * Asks the process to end, then makes it.
   *
   * @param graceMs Time for what runs there.
   * @param killMs Time until SIGTERM; SIGKILL follows 1 s later.
   */
  async terminate(
    graceMs: number = DEFAULT_GRACE_MS,
    killMs: number = killDelay(graceMs),
  ): Promise<GatewayExit> {
    using _hold = this.#init.keepAlive.hold();
    return await this.#process.terminate(() => this.#ask(graceMs), killMs);
  }

  /**
   * Ends the process because its gateway is gone. It is not asked first: an execution that stops
   * halfway would look like one that was done.
   */
  endWithGateway(reason: Error | undefined): Promise<GatewayExit> {
    this.#endReason ??= orphanError(this.#facts, reason);
    this.#go("end");
    return this.#process.terminate(() => {}, 0);
  }

  get #facts(): ProcessFacts {
    const { status, streamError, tail } = this.#process;
    const { subject } = this.#printer;
    const { noise } = this.connection;
    const grace = this.#grace && {
      ms: this.#grace.ms,
      isOver: performance.now() - this.#grace.from >= this.#grace.ms,
    };
    const facts = { subject, status, streamError, noise, tail, executing: this.executing };
    return grace === undefined ? facts : { ...facts, grace };
  }

  #ask(graceMs: number): void {
    const isQueued = this.#state === "queued";
    const ms = Math.min(Math.max(0, graceMs), MAX_TIMER_MS);
    this.#go("end");
    this.#grace = { ms, from: performance.now() };
    this.connection.requestExit(ms);
    if (isQueued) this.#process.abort();
  }

  #go(event: SessionEvent): void {
    this.#state = transition(this.#state, event);
  }

  /** Ends the process if it does not answer within `connectTimeout`. */
  #limitStart(): void {
    const { connectTimeout } = this.#init.spec;
    this.#go("start");
    const timer = setTimeout(() => {
      this.#isSilent = true;
      this.#process.end(silentGrace(connectTimeout));
    }, connectTimeout);
    Deno.unrefTimer(timer);
    const clear = () => clearTimer(timer);
    this.connection.hello.then(clear, clear);
  }

  /** Ends the process if it is silent for `seconds`. */
  #limitSilence(seconds: number): void {
    const stop = startHeartbeat(this.connection, seconds, () => {
      this.#endReason = silentError(this.#facts, seconds);
      this.#process.end();
    });
    this.closed.then(stop);
  }

  /** The process has ended. Its connection ends when this resolves. */
  async #ended(): Promise<void> {
    if (this.connection.peer === undefined && this.connection.lost === undefined) {
      this.#endReason ??= await this.#startFailure();
    }
    // If this side has closed an execution, and the process has ended for it, all is in order.
    this.#execution?.closedWithPeer();
    this.#unreported.report((line) => this.#printer.print(line));
  }

  async #startFailure(): Promise<Error> {
    if (this.#state === "ending") return cancelledError(this.#facts);
    const { owner: { id }, spec, machine } = this.#init;
    if (this.#isSilent) return noAnswerError(this.#facts, spec.connectTimeout);
    return await startFailure(this.#facts, { id, spec, machine });
  }

  /** The connection is gone. Returns the error of everything that waits on it. */
  #lost(error: Error | undefined): Error {
    this.#go("lose");
    const reason = this.#endReason ?? this.#lossOf(error);
    this.#init.lost?.(reason);
    return reason;
  }

  #lossOf(error: Error | undefined): Error {
    if (!(error instanceof ProtocolError)) return exitError(this.#facts);
    this.#process.end();
    return breachError(this.#facts, error, this.connection.peer !== undefined);
  }
}
