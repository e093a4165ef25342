/**
 * Starts the gateways of a group together.
 *
 * @module
 */

import {
  AuthenticationError,
  DenoNotFoundError,
  DenoVersionError,
  HostKeyError,
  HostNotFoundError,
  LaunchError,
  SpecError,
} from "../../errors.ts";
import { toError } from "../../internal/errors.ts";
import { within } from "../../internal/wait.ts";
import type { PlannedGateway } from "./plan.ts";

/** A gateway that did not start. */
export interface StartFailure {
  readonly planned: PlannedGateway;
  readonly error: Error;
}

/** Time for starts under way after the first failure, so that the error can name all that fail. */
const LAST_STARTS_MS = 3_000;

/** With more starts at once they only wait for each other, and an ssh server refuses some. */
const DEFAULT_CONCURRENCY = 16;

/**
 * Starts each gateway as soon as those that it runs through are up, at most `limit` at once.
 * After a failure nothing more is started, and the starts under way get some time to end.
 *
 * @returns The failures, in the order in which they happened.
 */
export async function startAll(
  plan: readonly PlannedGateway[],
  start: (planned: PlannedGateway) => Promise<unknown>,
  limit: number = DEFAULT_CONCURRENCY,
): Promise<StartFailure[]> {
  const concurrency = Math.floor(limit);
  const failures: StartFailure[] = [];
  const failed = Promise.withResolvers<void>();
  const notUp = new Set(plan.map(({ id }) => id));
  const waiting = new Set(plan);
  let free = concurrency;
  const all = Promise.withResolvers<void>();

  function startReady(): void {
    if (failures.length > 0) waiting.clear();
    for (const planned of waiting) {
      if (free === 0) break;
      if (planned.requires.some((id) => notUp.has(id))) continue;
      waiting.delete(planned);
      free--;
      run(planned);
    }
    if (waiting.size === 0 && free === concurrency) all.resolve();
  }

  async function run(planned: PlannedGateway): Promise<void> {
    try {
      await start(planned);
      notUp.delete(planned.id);
    } catch (error) {
      failures.push({ planned, error: toError(error) });
      failed.resolve();
    }
    free++;
    startReady();
  }

  startReady();
  await Promise.race([all.promise, failed.promise.then(() => within(all.promise, LAST_STARTS_MS))]);
  return [...failures];
}

const KINDS = [
  HostNotFoundError,
  AuthenticationError,
  HostKeyError,
  DenoNotFoundError,
  DenoVersionError,
  SpecError,
];

/** Returns one error for all failures, of their class if they share one. */
export function openError(failures: readonly StartFailure[], total: number): Error {
  const errors = failures.map(({ error }) => error);
  const Kind = KINDS.find((kind) => errors.every((error) => error instanceof kind)) ?? LaunchError;
  const lines = failures.map(({ planned, error }) => `\n  ${planned.label}: ${error.message}`);
  const count = failures.length === 1 ? "one" : `${failures.length}`;
  const error = new Kind(
    `cannot open a group of ${total}: ${count} of its gateways did not start, so the others were ` +
      `ended:${lines.join("")}`,
    { cause: errors[0] },
  );
  return Object.defineProperty(error, "errors", { value: Object.freeze(errors) });
}
