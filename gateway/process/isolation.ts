/**
 * Isolated executions: each has a process of its own, which ends with it.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";
import { clearTimer, setTimeout, type Timer } from "../../internal/timers.ts";
import type { Code } from "../../code/code.ts";
import type { Permissions } from "../../permissions/permissions.ts";
import { type Machine, untilAborted } from "../../transports/machine/machine.ts";
import type { Session } from "./session.ts";
import type { SessionInit } from "./session_init.ts";
import { DEFAULT_GRACE_MS } from "./terminate.ts";

/** Time that an execution has to end before its process is made to. */
const CANCEL_GRACE_MS = 1_000;

/**
 * Delay from the hello of one process to the start of the spare one. A start blocks this process for
 * some milliseconds, and the far side still has to load its program: the first result comes first.
 */
const SPARE_DELAY_MS = 100;

/** The machine that is asked why a start has failed, until all executions are to end. */
type Asked = Pick<SessionInit, "machine">;

/** The isolated executions of one gateway. */
export class Isolation {
  readonly #open: (asked: Asked, permissions?: Permissions) => Session;
  readonly #life = new AbortController();
  readonly #asked: Asked;
  readonly #sessions = new Set<Session>();
  #spare: Session | undefined;
  #spareTimer: Timer | undefined;
  #ended: Promise<unknown> | undefined;

  /**
   * @param machine The machine that they are started from.
   * @param open Starts a process like the gateway's own, or with fewer permissions.
   */
  constructor(machine: Machine, open: (asked: Asked, permissions?: Permissions) => Session) {
    this.#asked = { machine: untilAborted(machine, this.#life.signal) };
    this.#open = open;
  }

  /** Number of channels that are open on its processes. */
  get channelCount(): number {
    let count = 0;
    for (const session of this.#sessions) {
      if (session !== this.#spare) count += session.connection.channelCount;
    }
    return count;
  }

  /** Names of the executions that run. */
  get executing(): string[] {
    return Array.from(this.#sessions, ({ executing }) => executing).flat();
  }

  /**
   * Runs code in a process of its own.
   *
   * @param permissions Those of the execution. Default: the gateway's.
   */
  run(code: Code, args: unknown, permissions?: Permissions): Channel {
    const session = permissions === undefined ? this.#takeSpare() : this.#start(permissions);
    let channel: Channel;
    try {
      channel = session.run(code, args);
    } catch (error) {
      session.terminate(0);
      throw error;
    }
    this.#endWith(channel, session);
    if (permissions === undefined) this.#keepReady(session);
    return channel;
  }

  /** Asks all to end, then makes them. The first call sets the time that they have. */
  terminate(graceMs: number = DEFAULT_GRACE_MS): Promise<unknown> {
    return this.#endAll((session) => session.terminate(graceMs));
  }

  /** Ends all because the gateway is gone, unless they were asked to end before. */
  lose(reason: Error | undefined): Promise<unknown> {
    return this.#endAll((session) => session.endWithGateway(reason));
  }

  #endAll(end: (session: Session) => Promise<unknown>): Promise<unknown> {
    clearTimer(this.#spareTimer);
    this.#life.abort();
    return this.#ended ??= Promise.all(Array.from(this.#sessions, end));
  }

  #start(permissions?: Permissions): Session {
    const session = this.#open(this.#asked, permissions);
    this.#sessions.add(session);
    session.closed.then(() => {
      this.#sessions.delete(session);
      if (this.#spare === session) this.#spare = undefined;
    });
    return session;
  }

  #takeSpare(): Session {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare === undefined || spare.isEnding ? this.#start() : spare;
  }

  /** Starts a spare process for the next execution, after the one of this execution is up. */
  async #keepReady(after: Session): Promise<void> {
    try {
      await after.connection.hello;
    } catch {
      return; // another would hardly start either
    }
    if (this.#ended !== undefined || this.#spareTimer !== undefined) return;
    const timer = this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      try {
        this.#spare ??= this.#start();
        warmUp(this.#spare);
      } catch { /* the next execution starts its own process, and reports what is wrong */ }
    }, SPARE_DELAY_MS);
    Deno.unrefTimer(timer);
  }

  /** Ends the process after its execution, once all is sent; at once if it was cancelled. */
  #endWith(channel: Channel, session: Session): void {
    const { lifecycle } = coreOf(channel);
    lifecycle.onEnd(async () => {
      if (lifecycle.state !== "closing") await session.connection.idle();
      await session.terminate(CANCEL_GRACE_MS, CANCEL_GRACE_MS);
    });
  }
}

/** Runs something in a spare process: the first execution takes twice as long as the next. */
async function warmUp({ execs }: Session): Promise<void> {
  const request = { kind: "source", name: "warm-up", position: "", isolated: false } as const;
  try {
    await execs.send(request, "await channel.send(args)", undefined).receive();
  } catch { /* the execution that gets this process reports what is wrong with it */ }
}
