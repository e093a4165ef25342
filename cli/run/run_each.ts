/**
 * Runs something on each target: start, work, end.
 *
 * @module
 */

import type { Gateway, OutputHandler } from "../../mod.ts";
import { Group } from "../../mod.ts";
import type { Target } from "../targets/targets.ts";
import type { Interrupt } from "./interrupt.ts";
import { endOf, type Outcome } from "./outcome.ts";
import { Slots } from "./slots.ts";

/** With more starts at once they only wait for each other. */
const STARTS_AT_ONCE = 16;
/** What a target that is asked to stop has for its `finally`: on Ctrl-C, and otherwise. */
const INTERRUPTED_GRACE_MS = 5_000;
const GRACE_MS = 1_000;

/** What is run on each target. */
export interface Work {
  /** Where a target's output goes. */
  readonly output: OutputHandler;
  /** How many targets run at once; default: all. */
  readonly fanout?: number;
  /** Milliseconds for the work on a target; default: no limit. */
  readonly timeout?: number;
  /** The work. It ends when the signal is aborted, whatever the far side does. */
  run(gateway: Gateway, signal: AbortSignal): Promise<void>;
  /** Called when all is over on a target. */
  ended(outcome: Outcome): void;
}

/** Runs it on each target, and returns how it went, in the order of the targets. */
export async function runEach(
  targets: readonly Target[],
  work: Work,
  interrupt: Interrupt,
): Promise<Outcome[]> {
  const run = new Run(targets, work, interrupt);
  const kill = () => void run.group.terminate({ timeout: 0 });
  interrupt.killed.addEventListener("abort", kill);
  try {
    return await Promise.all(targets.map((target) => run.on(target)));
  } finally {
    interrupt.killed.removeEventListener("abort", kill);
    await run.group.terminate();
  }
}

/** What a target shares with those that go through it. */
interface Place {
  readonly started: PromiseWithResolvers<boolean>;
  readonly finished: PromiseWithResolvers<void>;
}

class Run {
  readonly group = new Group();
  readonly #targets: readonly Target[];
  readonly #work: Work;
  readonly #interrupt: Interrupt;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #running: Slots;
  readonly #starting = new Slots(STARTS_AT_ONCE);

  constructor(targets: readonly Target[], work: Work, interrupt: Interrupt) {
    this.#targets = targets;
    this.#work = work;
    this.#interrupt = interrupt;
    this.#running = new Slots(work.fanout ?? Infinity);
    this.#places = new Map(targets.map(({ id }) => [id, {
      started: Promise.withResolvers<boolean>(),
      finished: Promise.withResolvers<void>(),
    }]));
  }

  async on(target: Target): Promise<Outcome> {
    const place = this.#places.get(target.id);
    const outcome = await this.#through(target);
    place?.started.resolve(false); // if it has not
    place?.finished.resolve();
    this.#work.ended(outcome);
    return outcome;
  }

  async #through(target: Target): Promise<Outcome> {
    const { id, requires } = target;
    for (const required of requires) {
      if (await this.#places.get(required)?.started.promise) continue;
      const error = new Error(`the target ${required}, which it goes through, did not start`);
      return { id, end: this.#endOr("unreachable"), error };
    }
    // A target that others go through gives its place to them when its own work is done.
    using slot = await this.#running.take();
    if (this.#interrupt.asked.aborted) return { id, end: "interrupted" };
    let gateway: Gateway;
    try {
      gateway = await this.#start(target);
    } catch (error) {
      return { id, end: this.#endOr("unreachable"), error };
    }
    this.#places.get(id)?.started.resolve(true);
    const outcome = await this.#workOn(gateway);
    slot[Symbol.dispose]();
    const others = this.#targets.filter((each) => each.requires.includes(id));
    await Promise.all(others.map((each) => this.#places.get(each.id)?.finished.promise));
    await this.#end(gateway);
    return outcome;
  }

  async #start({ spec }: Target): Promise<Gateway> {
    using _slot = await this.#starting.take();
    const { output } = this.#work;
    return await this.group.makeGateway({ ...spec, output }, { signal: this.#interrupt.asked });
  }

  async #workOn(gateway: Gateway): Promise<Outcome> {
    const { id } = gateway;
    const late = new AbortController();
    const { timeout } = this.#work;
    const timer = timeout === undefined
      ? undefined
      : setTimeout(() => late.abort(new Error(`not done within ${timeout / 1_000} s`)), timeout);
    const signal = AbortSignal.any([late.signal, this.#interrupt.asked]);
    try {
      // Whatever the work waits for: a reader of stdout may have stopped.
      await Promise.race([this.#work.run(gateway, signal), rejection(signal)]);
      return { id, end: "ok" };
    } catch (error) {
      if (this.#interrupt.asked.aborted) return { id, end: "interrupted" };
      return late.signal.aborted
        ? { id, end: "timeout", error: late.signal.reason }
        : { id, end: endOf(error), error };
    } finally {
      clearTimeout(timer);
    }
  }

  async #end(gateway: Gateway): Promise<void> {
    const { asked, killed, status } = this.#interrupt;
    const timeout = killed.aborted
      ? 0
      : asked.aborted && status !== 0
      ? INTERRUPTED_GRACE_MS
      : GRACE_MS;
    await gateway.terminate({ timeout });
  }

  #endOr(end: "unreachable"): Outcome["end"] {
    return this.#interrupt.asked.aborted ? "interrupted" : end;
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
