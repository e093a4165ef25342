/**
 * Starts that wait for a free slot, and that are tried again.
 *
 * @module
 */

import { LaunchError } from "../../errors.ts";
import { clearTimer, setTimeout } from "../../internal/timers.ts";
import { bounded, MAX_TIMER_MS } from "../../internal/wait.ts";
import { type Launch, mayPass, type StartContext, type StartLimit } from "../kind.ts";
import type { Machine } from "../machine/machine.ts";
import { withChanges } from "../machine/request.ts";
import { PUSH } from "../start_script.ts";
import { LateTransport } from "../streams/late.ts";
import type { Transport } from "../transport.ts";
import { openTransport } from "./open.ts";
import { acquireSlot, type Slot } from "./queue.ts";

/** Upper bound of the pause before the second attempt; doubled for each further one. */
const FIRST_PAUSE_MS = 250;
/** Share of `connectTimeout` that has to be left for a further attempt. */
const LEAST_SHARE_LEFT = 0.2;
/**
 * Bounds further attempts if no start of the queue has succeeded: what answers there may be something
 * else than what is asked for. They take 4 s.
 */
const MAX_HOPELESS_RETRIES = 4;
/** With more at once, the last is not up sooner, but the first is up later. */
const MAX_ISOLATED_STARTS = 4 * navigator.hardwareConcurrency;

/** What the start of a gateway can use. */
export interface GatewayStart extends StartContext {
  /** Its id. */
  readonly id: string;
  /** Ends the start. */
  readonly signal: AbortSignal;
  /** Shows how far a long preparation is. */
  readonly progress?: (line: string) => void;
}

/**
 * Starts a gateway once it has a slot, and tries again after a transient failure, as long as
 * `connectTimeout` leaves time for it.
 *
 * @param attempt Makes one attempt, with all that was found out beforehand.
 */
export async function startQueued<Request extends Launch, Result>(
  launch: Request,
  start: GatewayStart,
  attempt: (prepared: Request) => Promise<Result>,
): Promise<Result> {
  const { machine, signal } = start;
  const prepared = await withOptions(launch, start);
  signal.throwIfAborted();
  const limit = launch.kind.startLimit?.(launch);
  const slot = limit && slotOn(machine, limit);
  try {
    if (slot?.queued !== undefined) await whenFree(slot.queued, signal);
    return await retried(await withDeno(prepared, start), signal, attempt, slot);
  } finally {
    slot?.release();
  }
}

/** Returns a request with all that its transport needs to know. */
export async function withOptions<Request extends Launch>(
  launch: Request,
  context: StartContext,
): Promise<Request> {
  const { kind } = launch;
  if (kind.prepare === undefined) return launch;
  return withChanges<Launch>(launch, { options: await kind.prepare(launch, context) }) as Request;
}

async function withDeno<Request extends Launch>(
  launch: Request,
  { id, machine, signal, progress }: GatewayStart,
): Promise<Request> {
  const { kind } = launch;
  if (launch.deno !== PUSH || kind.runScript === undefined) return launch;
  const runScript = kind.runScript.bind(kind, launch);
  const { connectTimeout } = launch;
  const { pushDeno } = await import("./push.ts");
  const deno = await pushDeno({ id, machine, runScript, connectTimeout, progress }, signal);
  return withChanges<Launch>(launch, { deno }) as Request;
}

/** Starts from different machines do not wait for each other. */
function slotOn({ via = "" }: Machine, { key, max }: StartLimit): Slot {
  return acquireSlot({ key: `${via} ${key}`, max });
}

/** Keeps the event loop alive, by its timer: nothing else may wait for the starts ahead of this one. */
function whenFree(queued: Promise<void>, signal: AbortSignal): Promise<void> {
  const tooLate = () => new LaunchError("cannot start a gateway: no slot became free");
  return bounded(queued, { signal, timeout: MAX_TIMER_MS }, tooLate);
}

/** A transport that may open later, and the slot of its start. */
export interface QueuedTransport extends Pick<Slot, "queued" | "release"> {
  readonly transport: Transport;
}

/**
 * Opens the transport of an isolated execution of gateway `id` once it has a slot.
 *
 * @throws {LaunchError} if it fails at once and a slot is free; otherwise the transport ends with that
 * error.
 */
export function openQueued(launch: Launch, machine: Machine, id: string): QueuedTransport {
  const open = () => openTransport(launch, machine, id);
  const { kind, options } = launch;
  const key = `isolated ${JSON.stringify(kind.shown(options))}`;
  const limit = kind.startLimit?.(launch) ?? { key, max: MAX_ISOLATED_STARTS };
  const { queued, release } = slotOn(machine, limit);
  if (queued !== undefined) {
    const opened = async (signal: AbortSignal) => {
      await queued;
      signal.throwIfAborted();
      return open();
    };
    return { transport: new LateTransport(opened), queued, release };
  }
  try {
    return { transport: open(), queued, release };
  } catch (error) {
    release();
    throw error;
  }
}

async function retried<Request extends Launch, Result>(
  launch: Request,
  signal: AbortSignal,
  attempt: (prepared: Request) => Promise<Result>,
  slot: Slot | undefined,
): Promise<Result> {
  const deadline = performance.now() + launch.connectTimeout * (1 - LEAST_SHARE_LEFT);
  for (let retries = 0;; retries++) {
    try {
      const result = await attempt(launch);
      slot?.tell("succeeded");
      return result;
    } catch (error) {
      if (!mayPass(error)) throw error;
      slot?.tell("failed");
      if (retries >= MAX_HOPELESS_RETRIES && slot?.areAllFailing !== false) throw error;
      const wait = FIRST_PAUSE_MS * 2 ** retries * (0.5 + Math.random() / 2);
      if (performance.now() + wait > deadline) throw error;
      await sleep(wait, signal);
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimer(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
  });
}
