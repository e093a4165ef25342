/**
 * Isolated executions: each has a process of its own, which ends with it.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";
import { clearTimer, setTimeout, type Timer } from "../../internal/timers.ts";
import type { Code } from "../../code/code.ts";
import type { Permissions } from "../../permissions/permissions.ts";
import type { Session } from "./session.ts";

/** What an execution has to end, before its process is made to; ms. */
const CANCEL_GRACE_MS = 1_000;

/**
 * Starting a process holds this one up for some ms, which the first result is not to wait for. After
 * the hello the far side has still to load its program.
 */
const READY_DELAY_MS = 100;

/** The isolated executions of one gateway. */
export class Isolation {
  readonly #open: (permissions?: Permissions) => Session;
  readonly #sessions = new Set<Session>();
  #spare: Session | undefined;
  #spareTimer: Timer | undefined;
  #ended: Promise<unknown> | undefined;

  /** @param open Starts a process like the gateway's own, or with less permissions. */
  constructor(open: (permissions?: Permissions) => Session) {
    this.#open = open;
  }

  /** Channels open on its processes. */
  get channelCount(): number {
    let count = 0;
    for (const session of this.#sessions) {
      if (session !== this.#spare) count += session.connection.channelCount;
    }
    return count;
  }

  /** Names of what runs. */
  get executing(): string[] {
    return Array.from(this.#sessions, ({ executing }) => executing).flat();
  }

  /** @param permissions Narrower ones than the gateway's. Default: the gateway's. */
  run(code: Code, args: unknown, permissions?: Permissions): Channel {
    const session = permissions === undefined ? this.#takeSpare() : this.#start(permissions);
    let channel: Channel;
    try {
      channel = session.run(code, args, true);
    } catch (error) {
      session.terminate(0);
      throw error;
    }
    this.#endWith(channel, session);
    if (permissions === undefined) this.#keepReady(session);
    return channel;
  }

  /** Asks all to end, and makes those that do not. The first call says how long they have. */
  terminate(timeout: number = CANCEL_GRACE_MS): Promise<unknown> {
    return this.#endAll((session) => session.terminate(timeout));
  }

  /** The gateway is gone: what runs fails with that, unless it has been told to end before. */
  lose(reason: Error | undefined): Promise<unknown> {
    return this.#endAll((session) => session.endWithGateway(reason));
  }

  #endAll(end: (session: Session) => Promise<unknown>): Promise<unknown> {
    clearTimer(this.#spareTimer);
    return this.#ended ??= Promise.all(Array.from(this.#sessions, end));
  }

  #start(permissions?: Permissions): Session {
    const session = this.#open(permissions);
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

  /** Starts a process for the next execution, once this one's is up: nobody waits for it. */
  async #keepReady(after: Session): Promise<void> {
    try {
      await after.connection.hello;
    } catch {
      return; // the next will hardly fare better
    }
    if (this.#ended !== undefined || this.#spareTimer !== undefined) return;
    const timer = this.#spareTimer = setTimeout(() => {
      this.#spareTimer = undefined;
      try {
        this.#spare ??= this.#start();
        warmUp(this.#spare);
      } catch { /* the next execution starts its own, and tells what stands in the way */ }
    }, READY_DELAY_MS);
    Deno.unrefTimer(timer);
  }

  /** Ends the process after its execution: with what that has still to send, or with its cancellation. */
  #endWith(channel: Channel, session: Session): void {
    const core = coreOf(channel);
    core?.onEnd(async () => {
      if (core.state !== "closing") await session.connection.idle();
      await session.terminate(CANCEL_GRACE_MS);
    });
  }
}

/** The first execution of a process takes it twice as long as the next: so it has one behind it. */
async function warmUp({ connection }: Session): Promise<void> {
  const request = { kind: "source", name: "warm-up", position: "", isolated: false } as const;
  try {
    await connection.exec(request, "await channel.send(args)", undefined).receive();
  } catch { /* whoever gets this process is told what has become of it */ }
}
