/**
 * What a map reports about the gateways and processes that it loses.
 *
 * @module
 */

import type { RemoteInfo } from "../protocol/remote_info.ts";
import type { GatewaySpec } from "../spec/spec.ts";
import type { GatewayExit } from "../transports/transport.ts";

/** A gateway that was lost. */
export interface LostGateway {
  /** Its name in its group. */
  readonly id: string;
  /** The spec that it was made from. */
  readonly spec: GatewaySpec;
  /** What it reported about itself when it started. */
  readonly remote: RemoteInfo;
  /** Resolves with how it ended. */
  readonly closed: Promise<GatewayExit>;
}

/**
 * The loss of a gateway, or of the process of an isolated worker.
 *
 * @example
 * ```ts
 * import { Group, type MapLoss } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open([{ popen: true, output: "null" }, "popen"]);
 * const losses: MapLoss<number>[] = [];
 * const results = group.map([1, 2, 3], (n: number) => n === 2 ? Deno.exit(1) : n, {
 *   onLoss: (loss) => losses.push(loss),
 *   onError: "skip",
 *   respawn: true,
 * });
 * assertEquals(await Array.fromAsync(results), [1, 3]);
 * assertEquals([losses[0].items, losses[0].retried], [[2], 0]);
 * ```
 */
export interface MapLoss<Item = unknown> {
  /** The gateway. It may go on if the worker was isolated. */
  readonly gateway: LostGateway;
  /** Why it was lost. */
  readonly error: Error;
  /** The items that it had, and whose results were not received. */
  readonly items: readonly Item[];
  /** Number of these items that are run again. */
  readonly retried: number;
}
