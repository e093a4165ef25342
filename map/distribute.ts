/**
 * Which worker of a map gets which items.
 *
 * @module
 */

import type { MapExecution } from "./execution.ts";
import type { WaitingItems } from "./waiting.ts";
import type { Worker } from "./worker.ts";

/** The executions of a map, with their workers. */
export type Executions<Item> = ReadonlyMap<MapExecution, readonly Worker<Item>[]>;

/**
 * Assigns items: to idle workers first, and in equal shares.
 *
 * @param hasLostItems Whether some of them may have been lost before.
 */
export function distribute<Item>(
  executions: Executions<Item>,
  waiting: WaitingItems<Item>,
  hasLostItems: boolean,
): void {
  const closed = hasLostItems ? distributeSuspects(executions, waiting) : undefined;
  const workers = Array.from(executions.values()).flat();
  for (const kind of ["idle", "busy"] as const) {
    const free = workers.filter((worker) =>
      (worker.load === 0) === (kind === "idle") && worker.capacity > 0 &&
      !closed?.has(worker.execution)
    );
    for (const [i, worker] of free.entries()) {
      const share = Math.ceil(waiting.size / (free.length - i));
      // A busy worker gets the next items soon enough, in a larger message.
      if (kind === "busy" && share < worker.capacity / 2) continue;
      const entries = waiting.take(Math.min(worker.capacity, share), worker.last);
      if (entries.length > 0) worker.assign(entries);
      else if (waiting.size === 0) return;
    }
  }
}

/**
 * Assigns items that were lost before, each to an execution that has no other item: if it is what ends
 * its process, it takes no other with it again.
 *
 * @returns The executions that get no other items: those that run such an item, and one that is to.
 */
function distributeSuspects<Item>(
  executions: Executions<Item>,
  waiting: WaitingItems<Item>,
): Set<MapExecution> {
  const closed = new Set<MapExecution>();
  let next: { execution: MapExecution; load: number } | undefined;
  for (const [execution, workers] of executions) {
    const load = workers.reduce((load, worker) => load + worker.load, 0);
    const entry = load === 0 && workers[0].capacity > 0 ? waiting.takeSuspect() : undefined;
    if (entry !== undefined) workers[0].assign([entry]);
    if (workers.some(({ isAlone }) => isAlone)) closed.add(execution);
    else if (load < (next?.load ?? Infinity)) next = { execution, load };
  }
  // It gets no more until it is free, since otherwise none might ever be.
  if (waiting.hasSuspects && next !== undefined) closed.add(next.execution);
  return closed;
}
