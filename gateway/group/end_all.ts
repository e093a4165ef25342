/**
 * Ends the gateways of a group together.
 *
 * @module
 */

import { DEFAULT_GRACE_MS, type TerminateOptions } from "../process/terminate.ts";
import { type Ending, endLevels } from "./plan.ts";

/** Time that gateways which others run through have to end by themselves, however long those took. */
const LEAST_TERMINATE_MS = 500;

/** A gateway that can be ended. */
interface Terminable extends Ending {
  terminate(timeout?: number): Promise<unknown>;
}

/**
 * Ends gateways: those that run through others before these. `timeout` is for all of them: what the
 * first ones use of it is not there for the others, except for half a second.
 */
export async function endAll(
  gateways: readonly Terminable[],
  options: TerminateOptions | undefined,
): Promise<void> {
  const { timeout = DEFAULT_GRACE_MS } = options ?? {};
  const start = performance.now();
  const least = Math.min(timeout, LEAST_TERMINATE_MS);
  let left = options?.timeout;
  for (const level of endLevels(gateways)) {
    await Promise.all(level.map((gateway) => gateway.terminate(left)));
    left = Math.max(least, timeout - (performance.now() - start));
  }
}
