/**
 * Starts that wait for each other, and that are tried again.
 *
 * @module
 */

import { launcherOf } from "./launch.ts";
import { PUSH } from "./far_script.ts";
import { type Launcher, TransientLaunchError, type Turn } from "./launcher.ts";
import { pushDeno } from "./push.ts";
import type { Site } from "./site.ts";
import type { ResolvedSpec } from "./spec.ts";

/** Before the first further attempt, at most; doubled before each of the next. */
const FIRST_PAUSE_MS = 250;
/** Of the time that a start may take, what has to be left for a further attempt. */
const LEAST_SHARE_LEFT = 0.2;

/**
 * Starts a gateway when its turn has come, and again where it failed for a reason that passes, as
 * long as its `connectTimeout` leaves time for it.
 */
export async function startInTurn<T>(
  spec: ResolvedSpec,
  id: string,
  site: Site,
  start: (prepared: ResolvedSpec) => Promise<T>,
): Promise<T> {
  const launcher = launcherOf(spec);
  const prepared = await launcher.prepare?.(spec, site) ?? spec;
  const turn = turnOf(launcher, spec, site);
  if (turn !== undefined) await takeTurn(turn);
  try {
    return await untilSettled(await withDeno(prepared, id, launcher, site), start);
  } finally {
    if (turn !== undefined) passTurn(turn);
  }
}

/** Starts from different machines do not wait for each other. */
function turnOf(launcher: Launcher, spec: ResolvedSpec, { via = "" }: Site): Turn | undefined {
  const turn = launcher.turn?.(spec);
  return turn && { ...turn, key: `${via} ${turn.key}` };
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
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Starts under way, and those that wait, by {@linkcode Turn.key}. */
const turns = new Map<string, { running: number; waiting: (() => void)[] }>();

async function takeTurn({ key, most }: Turn): Promise<void> {
  const state = turns.get(key) ?? { running: 0, waiting: [] };
  turns.set(key, state);
  if (state.running >= most) return await new Promise((resolve) => state.waiting.push(resolve));
  state.running++;
}

/** The place of one that ended goes to the next, or is free. */
function passTurn({ key }: Turn): void {
  const state = turns.get(key);
  const next = state?.waiting.shift();
  if (next !== undefined) next();
  else if (state !== undefined && --state.running === 0) turns.delete(key);
}
