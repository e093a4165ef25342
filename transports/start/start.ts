/**
 * Starts that wait for a free slot, and that are tried again.
 *
 * @module
 */

import { bounded, MAX_TIMER_MS } from "../../internal/wait.ts";
import { LaunchError } from "../../errors.ts";
import { setTimeout } from "../../internal/timers.ts";
import { LateTransport } from "../streams/late.ts";
import type { Transport } from "../transport.ts";
import { launcherOf } from "./open.ts";
import { PUSH } from "../start_script.ts";
import { type Launcher, type StartLimit, TransientLaunchError } from "../kind.ts";
import { pushDeno } from "./push.ts";
import { acquireSlot, type Slot } from "./queue.ts";
import type { Machine } from "../machine/machine.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";

/** Upper bound of the pause before the second attempt; doubled for each further one. */
const FIRST_PAUSE_MS = 250;
/** Share of `connectTimeout` that has to be left for a further attempt. */
const LEAST_SHARE_LEFT = 0.2;
/** With more at once, the last is not up sooner, but the first is up later. */
const MAX_ISOLATED_STARTS = 4 * navigator.hardwareConcurrency;

/**
 * Starts a gateway once it has a slot, and tries again after a transient failure, as long as
 * `connectTimeout` leaves time for it.
 *
 * @param signal Gives up the wait for a slot.
 */
export async function startQueued<T>(
  spec: ResolvedSpec,
  id: string,
  machine: Machine,
  signal: AbortSignal,
  start: (prepared: ResolvedSpec) => Promise<T>,
): Promise<T> {
  const launcher = launcherOf(spec);
  const prepared = await launcher.prepare?.(spec, machine) ?? spec;
  const limit = launcher.startLimit?.(spec);
  const slot = limit && slotOn(machine, limit);
  try {
    if (slot?.queued !== undefined) await whenFree(slot.queued, signal);
    return await retried(await withDeno(prepared, id, launcher, machine), start);
  } finally {
    slot?.release();
  }
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
export interface QueuedTransport extends Slot {
  readonly transport: Transport;
}

/**
 * Opens the transport of an isolated execution once it has a slot.
 *
 * @throws what `open` throws, if a slot is free; otherwise the transport ends with that error.
 */
export function openQueued(
  spec: ResolvedSpec,
  machine: Machine,
  open: () => Transport,
): QueuedTransport {
  const { transport } = spec;
  const key = `isolated ${transport.kind} ${transport.kind === "popen" ? "" : transport.value}`;
  const limit = launcherOf(spec).startLimit?.(spec) ?? { key, max: MAX_ISOLATED_STARTS };
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

async function withDeno(
  spec: ResolvedSpec,
  id: string,
  { carry }: Launcher,
  machine: Machine,
): Promise<ResolvedSpec> {
  if (spec.deno !== PUSH || carry === undefined) return spec;
  return { ...spec, deno: await pushDeno({ spec, id, carry, machine }) };
}

async function retried<T>(
  spec: ResolvedSpec,
  start: (prepared: ResolvedSpec) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + spec.connectTimeout * (1 - LEAST_SHARE_LEFT);
  for (let pause = FIRST_PAUSE_MS;; pause *= 2) {
    try {
      return await start(spec);
    } catch (error) {
      const wait = pause * (0.5 + Math.random() / 2);
      if (!(error instanceof TransientLaunchError) || performance.now() + wait > deadline) {
        throw error;
      }
      await new Promise<void>((resolve) => setTimeout(resolve, wait));
    }
  }
}
