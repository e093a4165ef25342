/**
 * Options of the start of one gateway.
 *
 * @module
 */

import { type OptionRules, SIGNAL } from "../internal/arguments.ts";

/**
 * Options of {@linkcode makeGateway} and {@linkcode Group.makeGateway}.
 *
 * @example
 * ```ts
 * import { makeGateway, type StartOptions } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * const controller = new AbortController();
 * const options: StartOptions = { signal: controller.signal };
 * const starting = makeGateway("popen", options);
 * controller.abort(new Error("not needed any more"));
 * await assertRejects(() => starting, Error, "not needed any more");
 * ```
 */
export interface StartOptions {
  /**
   * Ends the start when aborted, with all that it has started; the promise rejects with the signal's
   * reason when that is gone. It has no effect once the gateway is up.
   */
  signal?: AbortSignal;
}

/** The rules of {@linkcode StartOptions}. */
export const START_OPTIONS: OptionRules<StartOptions> = { signal: SIGNAL };
