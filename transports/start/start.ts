/**
 * Starts that wait for each other, and that are tried again.
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
import { type Launcher, TransientLaunchError, type Turn } from "../kind.ts";
import { pushDeno } from "./push.ts";
import type { Site } from "../machine/machine.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";

/** Before the first further attempt, at most; doubled before each of the next. */
const FIRST_PAUSE_MS = 250;
/** Of the time that a start may take, what has to be left for a further attempt. */
const LEAST_SHARE_LEFT = 0.2;
/** More are not up sooner, all in all, but the first of them later. */
const ISOLATED_AT_ONCE = 4 * navigator.hardwareConcurrency;

/**
 * Starts a gateway when its turn has come, and again where it failed for a reason that passes, as
 * long as its `connectTimeout` leaves time for it.
 *
 * @param signal Gives it up, while it waits for its turn.
 */
export async function startInTurn<T>(
  spec: ResolvedSpec,
  id: string,
  site: Site,
  signal: AbortSignal,
  start: (prepared: ResolvedSpec) => Promise<T>,
): Promise<T> {
  const launcher = launcherOf(spec);
  const prepared = await launcher.prepare?.(spec, site) ?? spec;
  const turn = launcher.turn?.(spec);
  const place = turn && new Place(turn, site);
  try {
    if (place?.turn !== undefined) await whenTurn(place.turn, signal);
    return await untilSettled(await withDeno(prepared, id, launcher, site), start);
  } finally {
    place?.leave();
  }
}

/** Keeps the event loop alive, by its timer: nobody may care for the starts that it waits for. */
function whenTurn(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  const tooLate = () => new LaunchError("cannot start a gateway: its turn has not come");
  return bounded(turn, { signal, timeout: MAX_TIMER_MS }, tooLate);
}

/** A start that may have to wait for its turn. */
export interface Start {
  transport: Transport;
  /** Resolves when its turn has come; undefined where it had at once. */
  turn: Promise<void> | undefined;
  /** It is up, or has come to nothing: the next has its turn. */
  over(): void;
}

/**
 * Opens the transport of an isolated execution when its turn has come.
 *
 * @throws what `open` throws, where that is at once; later, the transport ends with it.
 */
export function openInTurn(spec: ResolvedSpec, site: Site, open: () => Transport): Start {
  const { transport } = spec;
  const key = `isolated ${transport.kind} ${transport.kind === "popen" ? "" : transport.value}`;
  const place = new Place(launcherOf(spec).turn?.(spec) ?? { key, most: ISOLATED_AT_ONCE }, site);
  const { turn } = place;
  const over = () => place.leave();
  if (turn !== undefined) {
    const opened = async (signal: AbortSignal) => {
      await turn;
      signal.throwIfAborted();
      return open();
    };
    return { transport: new LateTransport(opened), turn, over };
  }
  try {
    return { transport: open(), turn, over };
  } catch (error) {
    over();
    throw error;
  }
}

async function withDeno(
  spec: ResolvedSpec,
  id: string,
  { carry }: Launcher,
  site: Site,
): Promise<ResolvedSpec> {
  if (spec.deno !== PUSH || carry === undefined) return spec;
  return { ...spec, deno: await pushDeno({ spec, id, carry, site }) };
}

async function untilSettled<T>(
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

interface Queue {
  running: number;
  /** What gives each its turn, in order. */
  readonly waiting: Set<() => void>;
}

/** Starts under way, and those that wait, by {@linkcode Turn.key}. */
const queues = new Map<string, Queue>();

/** The place of a start in its queue, until it is left. */
class Place {
  /** Resolves when its turn has come; undefined where it had at once. */
  readonly turn: Promise<void> | undefined;
  readonly #key: string;
  #come: (() => void) | undefined;
  #isLeft = false;

  /** Starts from different machines do not wait for each other. */
  constructor(turn: Turn, { via = "" }: Site) {
    const { most } = turn;
    const key = this.#key = `${via} ${turn.key}`;
    const queue = queues.get(key) ?? { running: 0, waiting: new Set() };
    queues.set(key, queue);
    if (queue.running < most) {
      queue.running++;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.turn = promise;
    this.#come = resolve;
    queue.waiting.add(resolve);
  }

  /** For the next, or for none; before its turn, that will not come. */
  leave(): void {
    const queue = queues.get(this.#key);
    if (this.#isLeft || queue === undefined) return;
    this.#isLeft = true;
    if (this.#come !== undefined && queue.waiting.delete(this.#come)) return;
    const [next] = queue.waiting;
    if (next !== undefined) {
      queue.waiting.delete(next);
      next();
    } else if (--queue.running === 0) queues.delete(this.#key);
  }
}
